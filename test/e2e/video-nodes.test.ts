import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { calls } from '@secureconnect/protocol'
import { ServiceProcess, until } from '../helpers/index.ts'
import { call, createServerEnv, FrameSocket, type Person } from '../services/index.ts'
import { mediaWorker } from '../stack/index.ts'
import { converse, dial, startCalling } from './ringing.ts'

/** A device in calls, which goes where it is told to. */
class CallSocket extends FrameSocket {
  static async open(t: TestContext, gateway: string, { token }: Person, url: string): Promise<CallSocket> {
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

test('two nodes behind one gateway: each call has its room on one, and everybody is sent there', async (t) => {
  const settings = { JWT_SECRET: randomBytes(32).toString('base64url') }
  const calling = await startCalling(t, undefined, { ...settings, VIDEO_NODE: 'video-1' })
  const start = async (...process: ConstructorParameters<typeof ServiceProcess>) => {
    const started = new ServiceProcess(...process)
    t.after(() => started.child.kill('SIGKILL'))
    await started.listening()
    return started
  }
  const servers = await createServerEnv(calling.database)
  const own = { ...servers, ...settings, PORT: '0', DRAIN_SECONDS: '0', SHED_LOAD: 'false' }
  const worker = { MEDIASOUP_WORKER_BIN: await mediaWorker(), VIDEO_NODE: 'video-2' }
  const second = await start('video-service', { ...own, ...worker })
  await second.line(({ message }) => message === 'media worker is there')
  const VIDEO_URL = calling.video.address
  const VIDEO_NODES = `video-1=${VIDEO_URL},video-2=${second.address}`
  const gateway = await start('api-gateway', { ...own, VIDEO_URL, VIDEO_NODES, CHAT_URL: calling.chat.address })

  const [ada, bob] = [await calling.createOne(), await calling.createOne()]
  const callId = await dial(calling, ada, await converse(calling, ada, [bob]))
  const joinAt = async (at: { address: string }, { token }: Person) => {
    let url: string | undefined
    // The gateway may take a busy machine for a service that is away, for a moment.
    await until('the way to the call', async () => {
      const { status, data } = await call(at, calls.join, { token, params: { call_id: callId } })
      if (status === 200) url = data.signaling_url
      return url !== undefined
    })
    return url ?? assert.fail()
  }
  const unclaimed = await joinAt(second, bob)
  assert.match(unclaimed, /\?node=video-2$/, 'a room that is nowhere yet is had by whoever is asked')
  const bobs = await CallSocket.open(t, gateway.address, bob, unclaimed)
  assert.equal((await bobs.join(callId)).ok, true)

  const told = await joinAt(gateway, ada)
  assert.match(told, /\?node=video-2$/, 'also where another node is asked')
  const lost = await CallSocket.open(t, gateway.address, ada, told.replace('video-2', 'video-1'))
  const { ok, error } = await lost.join(callId)
  assert.deepEqual([ok, error?.code], [false, 'SERVICE_UNAVAILABLE'])
  const adas = await CallSocket.open(t, gateway.address, ada, told)
  assert.equal((await adas.join(callId)).data?.participants.length, 1)
  await bobs.next(({ type }) => type === 'participant.joined')

  const countAt = async ({ address }: { address: string }) => {
    const told = await (await fetch(`${address}/metrics`)).text()
    return Number(/^calls_active\{.*\} (\d+)$/m.exec(told)?.[1])
  }
  await until('each call is counted once, where its room is', async () => {
    return (await countAt(second)) === 1 && (await countAt(calling.video)) === 0
  })
})
