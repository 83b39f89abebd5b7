import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, suite, test } from 'node:test'
import { allOperations, type ErrorCode, errorStatus, type Operation } from '@secureconnect/protocol'
import { createInput, sendOperation } from '@secureconnect/test/helpers'
import { revokeSessions } from '@secureconnect/tokens'
import { createAdministrator, createScene, findOutsiderCode, fixtures, namedValues, type Scene } from './scene.ts'
import { type Chat, createPerson, type Person, shareChat } from './test-chat.ts'

/** Who may come along, each with the token that he has. */
const callers: Readonly<Record<string, (chat: Chat, scene: Scene) => Promise<string | undefined>>> = {
  nobody: async () => undefined,
  'expired token': async ({ mint }, { owner }) => mint(owner, { secondsAgo: 3_600 }),
  'revoked session': async (chat, { owner }) => revoke(chat, owner),
  owner: async (_chat, { owner }) => owner.token,
  member: async (_chat, { member }) => member.token,
  'former member': async (_chat, { former }) => former.token,
  stranger: async (chat) => (await createPerson(chat)).token,
  administrator: async (chat) => (await createAdministrator(chat)).token,
}

const outsiders: readonly string[] = ['former member', 'stranger', 'administrator']

async function revoke({ context: { sql, kv, revocations }, mint }: Chat, owner: Person): Promise<string> {
  const sessionId = randomUUID()
  await sql.transaction((tx) => revokeSessions(tx, [sessionId], kv))
  while (!revocations.isRevoked(sessionId)) await new Promise(setImmediate)
  return mint({ ...owner, sessionId })
}

function expectCode(operation: Operation, caller: string): ErrorCode | undefined {
  if (caller === 'nobody') return 'UNAUTHORIZED'
  if (caller === 'expired token') return 'TOKEN_EXPIRED'
  if (caller === 'revoked session') return 'TOKEN_REVOKED'
  if (operation.caller === 'admin') return caller === 'administrator' ? undefined : 'FORBIDDEN'
  if (outsiders.includes(caller)) return findOutsiderCode(operation)
  return caller === 'member' ? fixtures[operation.name]?.member : undefined
}

suite('who may do what in conversations', () => {
  const shared = shareChat('pglite')
  const own = allOperations.filter(({ service }) => service === 'chat-service')

  /** What should have been refused is in the audit with its reason. */
  function assertAudited({ answer }: Awaited<ReturnType<typeof sendOperation>>): void {
    const isRecord = (line: Record<string, unknown>) =>
      line.stream === 'audit' && line.request_id === answer.meta.request_id
    const record = shared().lines.findLast(isRecord)
    assert.deepEqual([record?.result, record?.reason], ['denied', answer.error.code])
  }

  let scene: Scene
  before(async () => {
    scene = await createScene(shared())
  })

  for (const operation of own) {
    test(`${operation.name}, as everybody who may come along`, async () => {
      const chat = shared()
      for (const [caller, createToken] of Object.entries(callers)) {
        const token = await createToken(chat, scene)
        const known = fixtures[operation.name]?.input?.(scene) ?? {}
        const input = createInput(operation, { ...known, named: namedValues(scene) })
        const answer = await sendOperation(chat.address, operation, { input, token })
        const code = expectCode(operation, caller)
        const status = code === undefined ? Object.keys(operation.answer).map(Number) : [errorStatus[code]]
        assert.ok(
          answer.code === code && status.includes(answer.status),
          `${operation.name} as ${caller}: if the operation needs more than input that fits its schemas, name it in scene.ts. It answered ${answer.text}`,
        )
        if (answer.status === 401 || answer.status === 403) assertAudited(answer)
        // Who is refused or only reads leaves everything as it was for the next one.
        if (answer.code === undefined && operation.method !== 'GET') scene = await createScene(chat)
      }
    })
  }

  test('every fixture belongs to an operation', () => {
    const names = new Set(own.map(({ name }) => name))
    assert.deepEqual(
      Object.keys(fixtures).filter((name) => !names.has(name)),
      [],
    )
  })
})
