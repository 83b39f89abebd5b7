import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { suite, test } from 'node:test'
import * as gatewayService from '@secureconnect/api-gateway'
import * as authService from '@secureconnect/auth-service'
import { parseConfig } from '@secureconnect/config'
import { mountCallPage } from '@secureconnect/dev-env'
import { createLocalKv } from '@secureconnect/kv'
import { captureLog } from '@secureconnect/logging/testing'
import { calls } from '@secureconnect/protocol'
import { Caller, expectMedia, talk } from '@secureconnect/sdk/testing'
import { startService } from '@secureconnect/service'
import { until } from '../helpers/index.ts'
import { call, createServerEnv, FrameSocket, onServers, type Person, shareInSuite, startOn } from '../services/index.ts'
import { browser, freePort, mediaWorker } from '../stack/index.ts'
import { createSecrets, startProcess } from './processes.ts'
import { converse, dial, startCalling } from './ringing.ts'

type Cleanup = { after: (work: () => unknown) => void }
/** Where something listens. */
type At = { address: string }

/** A device in calls, which goes where it is told to. */
class CallSocket extends FrameSocket {
  static async open(t: Cleanup, gateway: string, { token }: Person, url: string): Promise<CallSocket> {
    const { pathname, search } = new URL(url)
    let opened: CallSocket | undefined
    // The gateway may take a busy machine for a service that is away, for a moment.
    await until('a socket to the call', async () => {
      const socket = new CallSocket({ address: gateway, path: `${pathname}${search}`, token })
      t.after(() => socket.end())
      const ready = socket.next(({ type }) => type === 'ready').then(() => true)
      const isReady = await Promise.race([ready, socket.closed.then(() => false)]).catch(() => false)
      if (isReady) opened = socket
      return isReady
    })
    return opened ?? assert.fail()
  }

  async join(call_id: string) {
    const rtp_capabilities = { codecs: [], headerExtensions: [] }
    const reply = await this.replyTo(this.sendRequest('join', { call_id, rtp_capabilities }))
    return reply as unknown as { ok: boolean; data?: { participants: unknown[] }; error?: { code: string } }
  }
}

/** A busy machine is slow; by itself it takes a second or two. */
const backWithinMs = 10_000

/** A gateway in this process, which also has the page by which calls are tried. */
async function startGateway(t: Cleanup, env: Readonly<Record<string, string>>): Promise<At> {
  const { stream } = captureLog()
  const config = parseConfig(gatewayService.settings, { env })
  // Other tests register people too.
  const platform = { openKv: async () => createLocalKv(), logStream: stream }
  const service = await gatewayService.buildApp(await gatewayService.createContext(config, platform))
  mountCallPage(service.app)
  const running = await startService(service)
  t.after(() => running.stop())
  return running
}

/** One node in this process, and one in its own that the gateway asks first. */
async function startNodes(t: Cleanup) {
  const port = await freePort()
  const PUBLIC_URL = `http://localhost:${port}`
  const own = { SHED_LOAD: 'false', PUBLIC_URL, JWT_SECRET: randomBytes(32).toString('base64url') }
  const calling = await startCalling(t, undefined, { ...own, VIDEO_NODE: 'video-1' })
  const { chat, video: first, database } = calling
  const platform = await onServers(database)
  const auth = await startOn(t, authService, { platform, env: { ...createSecrets(t), PUBLIC_URL } })
  const servers = await createServerEnv(database)
  const node = { PORT: '0', VIDEO_NODE: 'video-2', DRAIN_SECONDS: '10', MEDIASOUP_WORKER_BIN: await mediaWorker() }
  const second = startProcess(t, 'video-service', { ...servers, ...own, ...node })
  await second.line(({ message }) => message === 'media worker is there')
  await second.listening()
  const VIDEO_NODES = `video-1=${first.address},video-2=${second.address}`
  const upstreams = { AUTH_URL: auth.address, CHAT_URL: chat.address, VIDEO_URL: second.address, VIDEO_NODES }
  const gateway = await startGateway(t, { ...own, ...upstreams, PORT: `${port}`, DRAIN_SECONDS: '0' })
  return { calling, first, second, gateway, url: `${PUBLIC_URL}/try/call`, browser: await browser(t) }
}

suite('two nodes behind one gateway', () => {
  const shared = shareInSuite(startNodes)

  test('each call has its room on one, and everybody is sent there', async (t) => {
    const { calling, first, second, gateway } = shared()
    const [ada, bob] = [await calling.createOne(), await calling.createOne()]
    const callId = await dial(calling, ada, await converse(calling, ada, [bob]))
    const joinAt = async (at: At, { token }: Person) => {
      let url: string | undefined
      // The gateway may take a busy machine for a service that is away, for a moment.
      await until('the way to the call', async () => {
        const { status, data } = await call(at, calls.join, { token, params: { call_id: callId } })
        if (status === 200) url = data.signaling_url
        return url !== undefined
      })
      return url ?? assert.fail()
    }
    const unclaimed = await joinAt(first, bob)
    assert.match(unclaimed, /\?node=video-1$/, 'a room that is nowhere yet is had by whoever is asked')
    const bobs = await CallSocket.open(t, gateway.address, bob, unclaimed)
    assert.equal((await bobs.join(callId)).ok, true)

    const told = await joinAt(gateway, ada)
    assert.match(told, /\?node=video-1$/, 'also where another node is asked')
    const lost = await CallSocket.open(t, gateway.address, ada, told.replace('video-1', 'video-2'))
    const { ok, error } = await lost.join(callId)
    assert.deepEqual([ok, error?.code], [false, 'SERVICE_UNAVAILABLE'])
    const adas = await CallSocket.open(t, gateway.address, ada, told)
    assert.equal((await adas.join(callId)).data?.participants.length, 1)
    await bobs.next(({ type }) => type === 'participant.joined')

    const countAt = async ({ address }: At) => {
      const metrics = await (await fetch(`${address}/metrics`)).text()
      return Number(/^calls_active\{.*\} (\d+)$/m.exec(metrics)?.[1])
    }
    await until('each call is counted once, where its room is', async () => {
      return (await countAt(first)) === 1 && (await countAt(second)) === 0
    })
  })

  test('one that stops costs nobody his call: two pages see and hear each other again at once, and hang up at the other', async (t) => {
    const { second, url, browser } = shared()
    const open = (me: string, friend: string) => Caller.open(browser, { url, me, friend })
    const [ada, bob] = await Promise.all([open('ada', 'bob'), open('bob', 'ada')])
    await talk(t, { ada, bob })
    await expectMedia({ ada, bob })
    const look = 'return [page.call.callId, ...page.call.participants.map((one) => one.participant_id)]'
    const before = [await ada.run(look), await bob.run(look)]
    for (const caller of [ada, bob]) {
      await caller.run(`
        globalThis.begun = 0
        globalThis.lost = []
        page.call.on('track', () => { begun += 1 })
        for (const type of ['ended', 'participant.left', 'fault']) page.call.on(type, (what) => lost.push([type, what]))`)
    }
    const stoppedAt = performance.now()
    second.child.kill('SIGTERM')
    for (const caller of [ada, bob]) {
      await caller.see('sound and picture anew', 'begun >= 2 && page.call.tracks.length === 2', backWithinMs)
    }
    t.diagnostic(`they received each other ${Math.round(performance.now() - stoppedAt)} ms after the signal`)
    await expectMedia({ ada, bob })
    assert.deepEqual([await ada.run(look), await bob.run(look)], before)
    for (const caller of [ada, bob]) assert.deepEqual(await caller.run('return lost'), [])
    assert.equal((await second.ended).code, 0)
  })
})
