import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Command } from '../command.ts'
import { compose, runDocker } from '../docker/run-docker.ts'
import { UsageFault } from '../fault.ts'

/** A log of 400 days may hold millions of rows. */
const timeoutMs = 3_600_000

const Proof = Compile(
  Type.Object({
    isIntact: Type.Boolean(),
    checked: Type.Integer(),
    faults: Type.Array(
      Type.Object({ seq: Type.Integer(), kind: Type.String(), eventId: Type.Optional(Type.String()) }),
    ),
    pendingIds: Type.Array(Type.String()),
  }),
)

const shownFaults = 20

export const audit: Command = {
  name: 'audit',
  summary: 'audit verify proves that nobody changed the audit log',
  help: `Goes through the chain of the audit log in the database, and proves that no record was changed, taken out or put in. Records of
the last seconds are not chained yet; they are counted as pending. It runs in auth-service's container.

  ./ops audit verify
  ./ops audit verify --json`,
  options: { json: { type: 'boolean' } },
  run: async ({ words, values }, { root, output, signal }) => {
    if (words.length !== 1 || words[0] !== 'verify')
      throw new UsageFault('audit takes the word verify.', './ops audit verify')
    output.tell('Going through the audit log …')
    const program = compose('exec', '--no-TTY', 'auth-service', 'node', 'services/auth/verify-audit.ts')
    const told = await runDocker(program, { root, signal, timeoutMs })
    const proof = Proof.Parse(JSON.parse(told.trim().split('\n').at(-1) ?? ''))
    const { isIntact, checked, faults, pendingIds } = proof
    if (values.json === true) output.print(JSON.stringify({ ok: isIntact, ...proof }, null, 2))
    else {
      for (const { seq, kind, eventId } of faults.slice(0, shownFaults))
        output.print(`FAIL  ${kind} at ${seq}${eventId === undefined ? '' : `, event ${eventId}`}`)
      output.print(
        `${checked} records checked, ${faults.length} faults, ${pendingIds.length} pending: ${isIntact ? 'intact' : 'NOT intact'}.`,
      )
    }
    return isIntact ? 0 : 1
  },
}
