import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { get } from 'node:http'
import { suite, test } from 'node:test'
import { allOperations, type ErrorCode, errorStatus, type Operation } from '@secureconnect/protocol'
import { createInput, sendOperation, until } from '@secureconnect/test/helpers'
import { revokeSessions } from '@secureconnect/tokens'
import { createAdministrator, createScene, expectCode, fixtures, namedValues, type Scene } from './scene.ts'
import { createPerson, type Person, shareVideo, type Video } from './test-video.ts'

/** Who may come along: the token that he has, and what he is refused with. */
type Visitor = {
  createToken: (video: Video, scene: Scene) => Promise<string | undefined>
  code: (operation: Operation) => ErrorCode | undefined
}

const visitors: Readonly<Record<string, Visitor>> = {
  nobody: { createToken: async () => undefined, code: () => 'UNAUTHORIZED' },
  'expired token': {
    createToken: async ({ mint }, { owner }) => mint(owner, { secondsAgo: 3_600 }),
    code: () => 'TOKEN_EXPIRED',
  },
  'revoked session': { createToken: (video, { owner }) => revoke(video, owner), code: () => 'TOKEN_REVOKED' },
  'former member': {
    createToken: async (_video, { former }) => former.token,
    code: (operation) => expectCode(operation, 'outsider'),
  },
  stranger: {
    createToken: async (video) => (await createPerson(video)).token,
    code: (operation) => expectCode(operation, 'outsider'),
  },
  administrator: {
    createToken: async (video) => (await createAdministrator(video)).token,
    code: (operation) => expectCode(operation, 'outsider'),
  },
  member: {
    createToken: async (_video, { member }) => member.token,
    code: (operation) => expectCode(operation, 'member'),
  },
  owner: {
    createToken: async (_video, { owner }) => owner.token,
    code: (operation) => expectCode(operation, 'owner'),
  },
}

async function revoke({ context: { sql, kv, revocations }, mint }: Video, owner: Person): Promise<string> {
  const sessionId = randomUUID()
  await sql.transaction((tx) => revokeSessions(tx, [sessionId], kv))
  await until('the session has ended', () => revocations.isRevoked(sessionId))
  return mint({ ...owner, sessionId })
}

suite('who may do what with calls', () => {
  const shared = shareVideo('pglite')
  const own = allOperations.filter(({ service }) => service === 'video-service')

  for (const operation of own) {
    test(`${operation.name}, as everybody who may come along`, async () => {
      const video = shared()
      for (const [visitor, { createToken, code: expect }] of Object.entries(visitors)) {
        const scene = await createScene(video)
        const token = await createToken(video, scene)
        const known = fixtures[operation.name]?.input?.(scene) ?? {}
        const input = createInput(operation, { ...known, named: namedValues(scene) })
        const { status, code, answer, text } = await sendOperation(video.address, operation, { input, token })
        const expected = expect(operation)
        const statuses = expected === undefined ? Object.keys(operation.answer).map(Number) : [errorStatus[expected]]
        assert.ok(code === expected && statuses.includes(status), `${operation.name} as ${visitor} answered ${text}`)
        if (![401, 403].includes(status) && code !== 'CALL_NOT_FOUND') continue
        const isRecord = (line: Record<string, unknown>) =>
          line.stream === 'audit' && line.request_id === answer.meta.request_id
        const record = video.lines.findLast(isRecord)
        assert.deepEqual([record?.result, record?.reason], ['denied', code])
      }
    })
  }

  test('nobody opens a socket without a token that counts', async () => {
    const video = shared()
    const scene = await createScene(video)
    for (const visitor of ['nobody', 'expired token', 'revoked session']) {
      const token = await visitors[visitor]?.createToken(video, scene)
      const headers = {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      }
      const [response] = await once(get(`${video.address}/v1/ws/signaling`, { headers }), 'response')
      assert.equal(response.statusCode, 401, visitor)
      response.resume()
    }
  })
})
