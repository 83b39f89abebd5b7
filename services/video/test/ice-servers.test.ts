import assert from 'node:assert/strict'
import { test } from 'node:test'
import { iceServers } from '@secureconnect/protocol'
import { readJson, until } from '@secureconnect/test/helpers'
import { coturnServer, faultProxy, ownCoturnServer, type TurnAddress } from '@secureconnect/test/stack'
import { TurnClient } from '../src/turn/turn-client.ts'
import { turnUrl } from '../src/turn/turn-url.ts'
import { call, createPerson, startVideo, type Video } from './test-video.ts'

const overUdp = ({ host, port }: TurnAddress) => `turn:${host}:${port}?transport=udp`
const overTcp = ({ host, port }: { host: string; port: number }) => `turn:${host}:${port}?transport=tcp`

async function askAs(video: Video, { token }: { token: string }) {
  const { status, data } = await call(video, iceServers.list, { token })
  assert.equal(status, 200)
  return data
}

async function ask(video: Video) {
  return askAs(video, await createPerson(video))
}

/** What operators see. */
async function look({ address }: Video) {
  const { status, checks } = await readJson(await fetch(`${address}/health`))
  const metrics = await (await fetch(`${address}/metrics`)).text()
  const up = metrics.matchAll(/^turn_up\{.*transport="(\w+)".*\} (\d)$/gm).map(([, name, value]) => [name, value])
  const ready = (await fetch(`${address}/ready`)).status
  return { status, ready, checks, up: Object.fromEntries(up) }
}

/** Waits until those in calls are to be told. */
function nextChange({ context }: Video): Promise<void> {
  return new Promise((done) => {
    const stop = context.iceServers.onChange(() => {
      stop()
      done()
    })
  })
}

async function lookAtOnce({ context }: Video): Promise<void> {
  await Promise.all([...context.iceServers.dependencies.values()].map(({ probe }) => probe.checkNow()))
}

test('without a relay the list says so, and nothing is wrong', async (t) => {
  const video = await startVideo(t, 'pglite', { STUN_URLS: 'stun:stun.example.org:3478' })
  assert.deepEqual(await ask(video), {
    ice_servers: [{ urls: ['stun:stun.example.org:3478'] }],
    ttl: 600,
    relay: false,
  })
  const { status, up } = await look(video)
  assert.deepEqual([status, up], ['healthy', {}])
})

test('everybody gets credentials of his own, which the relay takes for at most ten minutes', async (t) => {
  const turn = await coturnServer()
  const video = await startVideo(t, 'pglite', {
    TURN_URLS: `${overUdp(turn)}, ${overTcp(turn)}`,
    TURN_SECRET: turn.secret,
  })
  const [ada, bob] = [await createPerson(video), await createPerson(video)]
  for (const person of [ada, bob]) {
    const { ice_servers, ttl, relay } = await askAs(video, person)
    const [{ urls, username = '', credential = '' } = { urls: [] }, ...others] = ice_servers
    assert.deepEqual([urls, others, ttl, relay], [[overUdp(turn), overTcp(turn)], [], 600, true])
    const [expiry, user] = username.split(':')
    assert.equal(user, person.userId)
    const leftSeconds = Number(expiry) - Date.now() / 1_000
    assert.ok(leftSeconds > 590 && leftSeconds <= 600, String(leftSeconds))
    const url = turnUrl.parse(urls[0] ?? '', { isProduction: true })
    const credentials = { username, credential }
    using client = await TurnClient.connect(url, { credentials, ca: undefined, signal: AbortSignal.timeout(5_000) })
    await client.allocate()
    await client.release()
  }
})

test('a relay that is killed, frozen or started again leaves the list and comes back, and everybody is told', async (t) => {
  const turn = await ownCoturnServer(t)
  const tcp = await faultProxy(t, turn)
  const video = await startVideo(t, 'pglite', {
    TURN_URLS: `${overUdp(turn)},${overTcp(tcp)}`,
    TURN_SECRET: turn.secret,
  })
  const urlsOf = async () => (await ask(video)).ice_servers.flatMap(({ urls }) => urls)
  const both = [overUdp(turn), overTcp(tcp)]
  assert.deepEqual(await urlsOf(), both)
  assert.deepEqual((await look(video)).up, { udp: '1', tcp: '1' })

  // Nobody asks: it is found out in the background.
  let told = nextChange(video)
  const killedAt = performance.now()
  await turn.kill()
  await told
  assert.ok(performance.now() - killedAt < 8_000)
  await lookAtOnce(video)
  assert.deepEqual(await ask(video), { ice_servers: [], ttl: 600, relay: false })
  const down = await look(video)
  assert.deepEqual([down.status, down.ready, down.up], ['degraded', 200, { udp: '0', tcp: '0' }])
  assert.equal(down.checks.turn_udp.error, 'ECONNREFUSED')
  assert.ok(video.lines.some(({ message, url }) => message === 'relay is down' && url === overUdp(turn)))

  told = nextChange(video)
  await turn.restart()
  await told
  await until('both ways lead there again', async () => {
    await lookAtOnce(video)
    return (await urlsOf()).length === both.length
  })

  told = nextChange(video)
  tcp.refuse()
  await lookAtOnce(video)
  await told
  assert.deepEqual([await urlsOf(), (await look(video)).up], [[overUdp(turn)], { udp: '1', tcp: '0' }])
  await tcp.heal()
  await lookAtOnce(video)
  assert.deepEqual(await urlsOf(), both)

  await turn.freeze()
  await lookAtOnce(video)
  assert.deepEqual([(await ask(video)).relay, (await look(video)).up], [false, { udp: '0', tcp: '0' }])
  turn.thaw()
  await lookAtOnce(video)
  assert.deepEqual([await urlsOf(), (await look(video)).status], [both, 'healthy'])
})
