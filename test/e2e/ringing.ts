import * as chatService from '@secureconnect/chat-service'
import { calls, conversations } from '@secureconnect/protocol'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import * as videoService from '@secureconnect/video-service'
import { call, createPerson, type Frame, FrameSocket, onServers, type Person, startOn } from '../services/index.ts'
import { mediaWorker, type RedisAddress } from '../stack/index.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** A device of somebody, as chat's sockets see it. */
export class Device extends FrameSocket {
  static async open(t: Cleanup, address: string, token: string): Promise<Device> {
    const device = new Device({ address, path: '/v1/ws/chat', token })
    t.after(() => device.end())
    await device.next(({ type }) => type === 'ready')
    return device
  }

  hearOf(type: 'call.ringing' | 'call.stopped', callId: string): Promise<Frame> {
    return this.next((frame) => frame.type === type && frame.call_id === callId, 15_000)
  }
}

/** chat-service and video-service on the same servers. */
export async function startCalling(t: Cleanup, redis?: RedisAddress, env: Readonly<Record<string, string>> = {}) {
  const database = await createMigratedDatabase(t)
  const platform = await onServers(database, redis)
  const chat = await startOn(t, chatService, { platform })
  const worker = { MEDIASOUP_WORKER_BIN: await mediaWorker() }
  const video = await startOn(t, videoService, { platform, env: { ...worker, ...env } })
  await video.line(({ message }) => message === 'media worker is there')
  const createOne = () => createPerson(video)
  /** Another process of chat-service. */
  const startChat = () => startOn(t, chatService, { platform })
  return { chat, video, createOne, database, startChat }
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
