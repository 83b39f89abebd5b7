import type { Finding } from '../checks/finding.ts'
import { reportFindings } from '../checks/report-findings.ts'
import type { Surroundings } from '../command.ts'
import { isWell, readContainers } from '../docker/read-containers.ts'
import { examine } from '../doctor/examine.ts'
import { findDrift } from '../drift/find-drift.ts'
import { Fault } from '../fault.ts'

function assertNone(
  findings: readonly Finding[],
  { output, wayOut }: { output: Surroundings['output']; wayOut: string },
) {
  const faults = findings.filter(({ state }) => state === 'failed')
  if (faults.length === 0) return
  reportFindings(faults, { output: { ...output, print: output.tell }, isJson: false })
  throw new Fault('Nothing was changed: this installation is not ready for another revision.', wayOut)
}

/** An upgrade begins from an installation that is whole, or nobody could tell afterwards what it broke. */
export async function assertReady({ root, output }: Surroundings, { mayDrift }: { mayDrift: boolean }): Promise<void> {
  assertNone(await examine(root), { output, wayOut: 'Mend what stands above: ./ops doctor tells it again.' })
  const unwell = (await readContainers(root)).filter((container) => !isWell(container)).map(({ service }) => service)
  if (unwell.length > 0)
    throw new Fault(
      `These are not as they should be: ${unwell.join(', ')}.`,
      'See ./ops status; ./ops up starts what is missing.',
    )
  if (mayDrift) return
  assertNone(await findDrift(root), {
    output,
    wayOut: 'Mend what stands above, or add --despite-drift: what was done by hand is then undone.',
  })
}
