import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { createLogger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { type Answer, startFakeFirebase } from '../test/fake-firebase.ts'
import { connectFirebase } from './firebase.ts'
import { type Push, PushError } from './pusher.ts'
import { parseServiceAccount } from './service-account.ts'

const push: Push = {
  token: 'device-token-of-somebody',
  platform: 'android',
  type: 'message',
  title: 'SecureConnect',
  body: 'You have a new message',
  data: { conversation_id: 'conversation' },
  collapseKey: 'a'.repeat(32),
  timeToLiveMs: 86_400_000,
}

async function start(t: TestContext, projectId?: string) {
  const firebase = await startFakeFirebase()
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const log = createLogger({ service: 'chat-service', revision: 'abc', level: 'debug', stream })
  const metrics = createMetrics({ service: 'chat-service', version: '0.1.0', revision: 'abc' })
  const account = parseServiceAccount(firebase.credentials)
  const { url } = firebase
  const pusher = connectFirebase({ url, account, projectId: projectId ?? account.projectId, metrics, log })
  t.after(async () => {
    await pusher.close()
    await firebase.close()
  })
  return { firebase, pusher, metrics, lines }
}

async function failure(work: Promise<unknown>): Promise<PushError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof PushError, String(error))
  return error
}

suite('pushing through Firebase', () => {
  test('a push goes out under an access token, collapses by its key and is of no use after its time', async (t) => {
    const { firebase, pusher, metrics, lines } = await start(t)
    assert.equal(await pusher.send(push), 'sent')
    const [{ message } = assert.fail('nothing came')] = firebase.taken
    assert.deepEqual([message.token, message.data], [push.token, push.data])
    assert.deepEqual([message.android.collapse_key, message.android.ttl], [push.collapseKey, '86400s'])
    assert.equal(message.apns.headers['apns-collapse-id'], push.collapseKey)
    const endsInSeconds = Number(message.apns.headers['apns-expiration']) - Date.now() / 1_000
    assert.ok(endsInSeconds > 86_000 && endsInSeconds <= 86_400)
    assert.deepEqual([message.webpush.headers.Topic, message.webpush.headers.TTL], [push.collapseKey, '86400'])
    assert.match(await metrics.registry.metrics(), /push_notifications_total\{type="message",platform="android",.*\} 1/)
    assert.doesNotMatch(lines.join(''), /device-token|new message/)
  })

  test('one access token serves many pushes, and another is fetched before it ends or when it is refused', async (t) => {
    const { firebase, pusher } = await start(t)
    await Promise.all(Array.from({ length: 12 }, () => pusher.send(push)))
    assert.equal(firebase.grants, 1)
    firebase.revokeAll()
    assert.equal((await failure(pusher.send(push))).reason, 'login')
    assert.equal(await pusher.send(push), 'sent')
    assert.equal(firebase.grants, 2)
    firebase.revokeAll()
    firebase.grantSeconds = 30
    await failure(pusher.send(push))
    for (let count = 0; count < 2; count++) await pusher.send(push)
    assert.equal(firebase.grants, 4)
  })

  for (const [what, answer] of [
    ['that it is not registered any more', { status: 404, errorCode: 'UNREGISTERED' }],
    ['that it is none at all', { status: 400, errorCode: 'INVALID_ARGUMENT', field: 'message.token' }],
  ] as const) {
    test(`a token of which Firebase says ${what} is told to be dead`, async (t) => {
      const { firebase, pusher, metrics } = await start(t)
      firebase.answer = () => answer
      assert.equal(await pusher.send(push), 'unregistered')
      assert.match(
        await metrics.registry.metrics(),
        /push_notifications_failed_total\{type="message",platform="android",reason="unregistered",.*\} 1/,
      )
    })
  }

  test('a project that there is not costs nobody his token', async (t) => {
    const { pusher } = await start(t, 'another-project')
    const { reason, message } = await failure(pusher.send(push))
    assert.equal(reason, 'unavailable')
    assert.match(message, /404/)
  })

  const refusals: readonly [string, Answer, Partial<PushError>][] = [
    ['too many', { status: 429, retryAfter: '7' }, { reason: 'quota', retryAfterMs: 7_000 }],
    ['too many, without a time', { status: 429 }, { reason: 'quota', retryAfterMs: 60_000 }],
    ['not now', { status: 503, retryAfter: '3' }, { reason: 'unavailable', retryAfterMs: 3_000 }],
    ['a fault of its own', { status: 500 }, { reason: 'unavailable' }],
    ['that the token is of another project', { status: 403, errorCode: 'SENDER_ID_MISMATCH' }, { reason: 'refused' }],
    ['that the push is wrong', { status: 400, errorCode: 'INVALID_ARGUMENT' }, { reason: 'refused' }],
    [
      'that the certificate for Apple is wrong',
      { status: 401, errorCode: 'THIRD_PARTY_AUTH_ERROR' },
      { reason: 'login' },
    ],
    ['nothing and hangs up', { isCut: true }, { reason: 'unreachable' }],
  ]
  for (const [what, answer, expected] of refusals) {
    test(`where Firebase says ${what}, the reason and the time to wait are told`, async (t) => {
      const { firebase, pusher } = await start(t)
      firebase.answer = () => answer
      const error = await failure(pusher.send(push))
      assert.deepEqual({ ...expected, reason: error.reason }, expected)
      if (expected.retryAfterMs !== undefined) assert.equal(error.retryAfterMs, expected.retryAfterMs)
    })
  }

  test('a Firebase that does not answer costs five seconds and no more', async (t) => {
    const { firebase, pusher } = await start(t)
    firebase.answer = () => ({ delayMs: 60_000 })
    const startedAt = performance.now()
    assert.equal((await failure(pusher.send(push))).reason, 'timeout')
    const tookMs = performance.now() - startedAt
    assert.ok(tookMs > 4_500 && tookMs < 9_000, `${tookMs} ms`)
  })

  test('no more than four pushes are under way at once', async (t) => {
    const { firebase, pusher } = await start(t)
    let [underWay, most] = [0, 0]
    firebase.answer = () => {
      underWay += 1
      most = Math.max(most, underWay)
      setTimeout(() => (underWay -= 1), 40)
      return { delayMs: 50 }
    }
    await Promise.all(Array.from({ length: 12 }, () => pusher.send(push)))
    assert.equal(most, 4)
  })

  test('while Firebase is away its breaker opens, and nothing is sent until it has rested', async (t) => {
    const { firebase, pusher, metrics } = await start(t)
    firebase.answer = () => ({ status: 503 })
    assert.equal(pusher.isReady, true)
    for (let count = 0; count < 30 && pusher.isReady; count++) await failure(pusher.send(push))
    assert.equal(pusher.isReady, false)
    const before = firebase.received.length
    await assert.rejects(pusher.send(push))
    assert.equal(firebase.received.length, before)
    assert.match(await metrics.registry.metrics(), /circuit_breaker_state\{dependency="firebase",.*\} 2/)
  })

  test('pushes that are refused for their own sake open no breaker', async (t) => {
    const { firebase, pusher } = await start(t)
    firebase.answer = () => ({ status: 400, errorCode: 'INVALID_ARGUMENT' })
    for (let count = 0; count < 30; count++) await failure(pusher.send(push))
    assert.equal(pusher.isReady, true)
  })
})
