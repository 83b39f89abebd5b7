import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { allOperations, type ErrorCode, errorStatus, type Operation } from '@secureconnect/protocol'
import { createInput, sendOperation, until } from '@secureconnect/test/helpers'
import { revokeSessions } from '@secureconnect/tokens'
import { createAdministrator, createScene, fixtures, namedValues, type Scene } from './scene.ts'
import { createPerson, type Person, type Storage, shareStorage } from './test-storage.ts'

/** Who may come along, each with the token that he has. */
const callers: Readonly<Record<string, (storage: Storage, scene: Scene) => Promise<string | undefined>>> = {
  nobody: async () => undefined,
  'expired token': async ({ mint }, { owner }) => mint(owner, { secondsAgo: 3_600 }),
  'revoked session': async (storage, { owner }) => revoke(storage, owner),
  owner: async (_storage, { owner }) => owner.token,
  member: async (_storage, { member }) => member.token,
  'former member': async (_storage, { former }) => former.token,
  stranger: async (storage) => (await createPerson(storage)).token,
  administrator: async (storage) => (await createAdministrator(storage)).token,
}

async function revoke({ context: { sql, kv, revocations }, mint }: Storage, owner: Person): Promise<string> {
  const sessionId = randomUUID()
  await sql.transaction((tx) => revokeSessions(tx, [sessionId], kv))
  await until('the session has ended', () => revocations.isRevoked(sessionId))
  return mint({ ...owner, sessionId })
}

function expectCode({ name }: Operation, caller: string): ErrorCode | undefined {
  if (caller === 'nobody') return 'UNAUTHORIZED'
  if (caller === 'expired token') return 'TOKEN_EXPIRED'
  if (caller === 'revoked session') return 'TOKEN_REVOKED'
  if (caller === 'owner' || fixtures[name]?.outsider === 'success') return undefined
  return caller === 'member' ? fixtures[name]?.member : 'FILE_NOT_FOUND'
}

suite('who may do what with files', () => {
  const shared = shareStorage({ engine: 'pglite' })
  const own = allOperations.filter(({ service }) => service === 'storage-service')

  for (const operation of own) {
    test(`${operation.name}, as everybody who may come along`, async () => {
      const storage = shared()
      for (const [caller, createToken] of Object.entries(callers)) {
        const scene = await createScene(storage)
        const token = await createToken(storage, scene)
        const known = fixtures[operation.name]?.input?.(scene) ?? {}
        const input = createInput(operation, { ...known, named: namedValues(scene) })
        const { status, code, answer, text } = await sendOperation(storage.address, operation, { input, token })
        const expected = expectCode(operation, caller)
        const statuses = expected === undefined ? Object.keys(operation.answer).map(Number) : [errorStatus[expected]]
        assert.ok(code === expected && statuses.includes(status), `${operation.name} as ${caller} answered ${text}`)
        if (code === undefined) continue
        const isRecord = (line: Record<string, unknown>) =>
          line.stream === 'audit' && line.request_id === answer.meta.request_id
        const record = storage.lines.findLast(isRecord)
        assert.deepEqual([record?.result, record?.reason], ['denied', code])
      }
    })
  }
})
