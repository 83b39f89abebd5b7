import { once } from 'node:events'
import * as chatService from '@secureconnect/chat-service'
import { calls, conversations } from '@secureconnect/protocol'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import * as videoService from '@secureconnect/video-service'
import { WebSocket } from 'ws'
import { call, createPerson, onServers, type Person, startOn } from '../services/index.ts'
import { mediaWorker, type RedisAddress } from '../stack/index.ts'

type Cleanup = { after: (work: () => unknown) => void }

type Frame = Readonly<Record<string, unknown>> & { type: string }

/** A device of somebody, as chat's sockets see it, with when each frame came. */
export class Device {
  static async open(t: Cleanup, address: string, token: string): Promise<Device> {
    const url = `${address.replace('http', 'ws')}/v1/ws/chat`
    const device = new Device(new WebSocket(url, { headers: { authorization: `Bearer ${token}` } }))
    t.after(() => device.#ws.terminate())
    await device.hear(({ type }) => type === 'ready')
    return device
  }

  readonly frames: Frame[] = []
  readonly #ws: WebSocket

  private constructor(ws: WebSocket) {
    this.#ws = ws
    ws.on('message', (data) => {
      const frame: Frame = JSON.parse(data.toString())
      if (frame.type === 'ping') ws.send('{"type":"pong"}')
      this.frames.push({ ...frame, at: performance.now() })
      ws.emit('frame')
    })
  }

  send(frame: object): void {
    this.#ws.send(JSON.stringify(frame))
  }

  /** The first frame that is wanted, of those that came and those that come. */
  async hear(isWanted: (frame: Frame) => boolean, withinMs = 15_000): Promise<Frame> {
    const signal = AbortSignal.timeout(withinMs)
    for (;;) {
      const wanted = this.frames.find(isWanted)
      if (wanted) return wanted
      await once(this.#ws, 'frame', { signal })
    }
  }

  hearOf(type: 'call.ringing' | 'call.stopped', callId: string): Promise<Frame> {
    return this.hear((frame) => frame.type === type && frame.call_id === callId)
  }
}

/** chat-service and video-service on the same servers. */
export async function startCalling(t: Cleanup, redis?: RedisAddress, env: Readonly<Record<string, string>> = {}) {
  const platform = await onServers(await createMigratedDatabase(t), redis)
  const chat = await startOn(t, chatService, { platform })
  const worker = { MEDIASOUP_WORKER_BIN: await mediaWorker() }
  const video = await startOn(t, videoService, { platform, env: { ...worker, ...env } })
  await video.line(({ message }) => message === 'media worker is there')
  const createOne = () => createPerson(video)
  return { chat, video, createOne }
}

export type Calling = Awaited<ReturnType<typeof startCalling>>

/** Has somebody begin a conversation with others. */
export async function converse({ chat }: Calling, owner: Person, others: readonly Person[]): Promise<string> {
  const type = others.length === 1 ? 'direct' : 'group'
  const body = { type, participant_ids: others.map(({ userId }) => userId) } as const
  return (await call(chat, conversations.create, { token: owner.token, body })).data.conversation_id
}

/** Calls everybody else of a conversation; answers the id of the call. */
export async function dial({ video }: Calling, { token }: Person, conversation_id: string): Promise<string> {
  const body = { conversation_id, call_type: 'audio' } as const
  return (await call(video, calls.initiate, { token, body })).data.call_id
}

type Act = 'accept' | 'decline' | 'cancel' | 'leave' | 'end' | 'get'

export function act<A extends Act>({ video }: Calling, action: A, { token }: Pick<Person, 'token'>, callId: string) {
  return call<(typeof calls)[A]>(video, calls[action], { token, params: { call_id: callId } })
}
