import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, suite, test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { createLogger } from '@secureconnect/logging'
import { captureLog } from '@secureconnect/logging/testing'
import { createMetrics } from '@secureconnect/metrics'
import { suiteScope } from '@secureconnect/test/helpers'
import { createCertificate, ownCoturnServer, type TurnAddress } from '@secureconnect/test/stack'
import { createIssuer, signCredentials, type TurnCredentials } from '../src/turn/credentials.ts'
import { createIceServers } from '../src/turn/ice-servers.ts'
import { TurnClient, TurnRefusal } from '../src/turn/turn-client.ts'
import { turnSettings } from '../src/turn/turn-settings.ts'
import { type TurnTransport, turnUrl } from '../src/turn/turn-url.ts'

const transports: readonly TurnTransport[] = ['udp', 'tcp', 'tls']

/** Addresses that a relay must not reach: one of each special range, and hosts of the Internet. */
const foreignIPv4 = [
  ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.2', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.254', '192.0.0.1', '192.0.2.1', '192.88.99.1', '192.168.1.1', '198.18.0.1', '198.51.100.1'],
  ...['203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '8.8.8.8', '1.1.1.1'],
]

const foreignIPv6 = [
  ...['::', '::1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '64:ff9b::a00:1', '64:ff9b:1::1', '100::1'],
  ...['2001::1', '2001:db8::1', '2002:a00:1::1', 'fc00::1', 'fdff::1', 'fe80::1', 'ff02::1', '2001:4860:4860::8888'],
]

function locate({ host, port }: TurnAddress, transport: TurnTransport) {
  const text =
    transport === 'tls' ? `turns:${host}:${port}?transport=tcp` : `turn:${host}:${port}?transport=${transport}`
  return turnUrl.parse(text, { isProduction: true })
}

function createObservers() {
  const common = { service: 'video-service', version: 'test', revision: 'test' } as const
  return {
    metrics: createMetrics(common),
    log: createLogger({ ...common, level: 'info', stream: captureLog().stream }),
  }
}

test('a relay for which there is nothing to show is a fault of the settings', () => {
  const config = parseConfig(turnSettings, { env: { TURN_URLS: 'turn:relay.example.org' } })
  const create = () => createIceServers({ config, mediaAddress: '127.0.0.1', ...createObservers() })
  assert.throws(create, /TURN_URLS is set, so TURN_SECRET is needed/)
})

test('a relay that knows no credentials which end is shown the one login that it has', async () => {
  const env = { TURN_USER: 'everybody', TURN_PASSWORD: 'a long and quiet pier' }
  const issue = createIssuer(parseConfig(turnSettings, { env: { ...env, TURN_URLS: 'turn:relay.example.org' } }))
  assert.deepEqual(issue('somebody'), { username: env.TURN_USER, credential: env.TURN_PASSWORD })
})

test('those in calls are told to ask anew while what they have still lives for half of its life', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const config = parseConfig(turnSettings, { env: { TURN_CREDENTIAL_SECONDS: '100' } })
  using servers = createIceServers({ config, mediaAddress: '127.0.0.1', ...createObservers() })
  const [asked, left] = [t.mock.fn(), t.mock.fn()]
  servers.onChange(asked)
  const leave = servers.onChange(left)
  t.mock.timers.tick(49_999)
  assert.equal(asked.mock.callCount(), 0)
  t.mock.timers.tick(1)
  leave()
  t.mock.timers.tick(50_000)
  assert.deepEqual([asked.mock.callCount(), left.mock.callCount()], [2, 1])
})

suite('a relay with the configuration that operators get', () => {
  const scope = suiteScope()
  let turn: TurnAddress
  let certificate: string

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'turn-'))
    scope.after(() => rmSync(folder, { recursive: true }))
    const files = await createCertificate(folder, 'relay')
    turn = await ownCoturnServer(scope, files)
    certificate = files.certificate
  })

  const sign = ({ secret = turn.secret, inMs = 60_000, user = 'somebody' } = {}) =>
    signCredentials(secret, { user, expiresAt: Date.now() + inMs })
  const connect = (credentials: TurnCredentials, transport: TurnTransport = 'udp') =>
    TurnClient.connect(locate(turn, transport), {
      credentials,
      ca: readFileSync(certificate, 'utf8'),
      signal: AbortSignal.timeout(5_000),
    })

  for (const transport of transports) {
    test(`over ${transport} it serves whoever has credentials, and nobody with others`, async () => {
      using client = await connect(sign(), transport)
      assert.equal(await client.allocate(), turn.host, 'where its media come from')
      await client.permit(turn.host)
      await client.release()
      const good = sign()
      const bad = {
        'signed with another secret': sign({ secret: 'x'.repeat(32) }),
        'that have ended': sign({ inMs: -2_000 }),
        'for longer than they were signed for': { ...good, username: good.username.replace(/^\d+/, '9999999999') },
        'of somebody else': { ...good, username: good.username.replace('somebody', 'anybody') },
        'without a signature': { ...good, credential: '' },
      }
      for (const [what, credentials] of Object.entries(bad)) {
        using stranger = await connect(credentials, transport)
        await assert.rejects(stranger.allocate(), { name: 'TurnRefusal', code: 401 }, what)
      }
    })
  }

  test('it reaches the media server and nothing else, however that is written', async () => {
    using client = await connect(sign())
    await client.allocate()
    for (const peer of foreignIPv4) {
      await assert.rejects(client.permit(peer), { name: 'TurnRefusal', code: 403 }, peer)
    }
    await client.permit(turn.host)
    await client.release()
  })

  test('it is given to people over what it serves, where it is believed and may reach the media', async () => {
    const env = { TURN_SECRET: turn.secret, TURN_TLS_CA: certificate }
    const urls = transports.map((transport) => locate(turn, transport).url)
    const cases = [
      { env, error: undefined },
      {
        env: { ...env, TURN_SECRET: randomBytes(32).toString('hex') },
        error: 'allocate was refused: 401 Unauthorized',
      },
      { env, mediaAddress: '10.1.2.3', error: 'createPermission was refused: 403 Forbidden IP' },
      { env: { TURN_SECRET: turn.secret }, only: 'turn_tls', error: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ]
    for (const { env, mediaAddress = turn.host, only, error } of cases) {
      const config = parseConfig(turnSettings, { env: { ...env, TURN_URLS: urls.join(',') } })
      using servers = createIceServers({ config, mediaAddress, ...createObservers() })
      const { relay, ice_servers } = await servers.for('somebody')
      const wrong = [...servers.dependencies].filter(([, { probe }]) => probe.state.status === 'down')
      const names = error === undefined ? [] : only ? [only] : [...servers.dependencies.keys()]
      assert.deepEqual(
        wrong.map(([name]) => name),
        names,
      )
      for (const [, { probe }] of wrong) assert.equal(probe.state.error, error)
      assert.equal(relay, wrong.length < urls.length)
      assert.equal(ice_servers.flatMap((each) => each.urls).length, urls.length - wrong.length)
    }
  })

  test('it reaches nothing by IPv6 where the media server has none', async (t) => {
    using client = await connect(sign())
    const answer = await client.allocate({ isIPv6: true }).catch((error: unknown) => error)
    if (answer instanceof TurnRefusal) return t.skip(`there is no IPv6 here: ${answer.message}`)
    for (const peer of foreignIPv6) {
      await assert.rejects(client.permit(peer), { name: 'TurnRefusal', code: 403 }, peer)
    }
  })
})
