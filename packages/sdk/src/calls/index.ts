import type { InitiateCall } from '@secureconnect/protocol'
import type { Access } from '../access.ts'
import { ApiError } from '../errors.ts'
import type { Rest } from '../rest.ts'
import { type BrowserDevice, findBrowserDevice } from './browser-device.ts'
import type { Entering } from './call-events.ts'
import { findPath } from './find-path.ts'
import { OngoingCall } from './ongoing-call.ts'
import { toPath } from './signaling.ts'

export type {
  Call,
  CallReport,
  MediaSource,
  Recording,
  RecordingDownloads,
  RoomParticipant,
} from '@secureconnect/protocol'
export type { CallEncryption, DroppedFrames } from './call-encryption.ts'
export type { CallEvents, Entering } from './call-events.ts'
export { listDevices, openCamera, openMicrophone, openScreen } from './capture.ts'
export type { OngoingCall } from './ongoing-call.ts'
export type { PictureSize } from './picture-sizes.ts'
export type { RemoteTrack } from './receiver.ts'
export type { Ending } from './signaling.ts'

export type Calls = {
  /** Calls the people of a conversation, or some of them: it rings there, and one is in the call already. */
  start(call: InitiateCall, entering?: Entering): Promise<OngoingCall>
  /** Answers a call that rings here; it stops ringing on one's other devices. */
  answer(callId: string, entering?: Entering): Promise<OngoingCall>
  decline(callId: string): Promise<void>
  /** Comes into a call that others are in; where it has a lobby, as soon as one is let in. */
  join(callId: string, entering?: Entering): Promise<OngoingCall>
}

const busy = () => new ApiError({ code: 'CALL_ENDED', message: 'Everybody whom you call is in another call.' })

type Needed = {
  rest: { calls: Pick<Rest['calls'], 'initiate' | 'accept' | 'join' | 'get' | 'leave' | 'decline'> }
  access: Access
  findDevice?: () => Promise<BrowserDevice>
}
type Described = { signaling_url: string; join_token?: string }

/**
 * The calls of whoever is signed in, for pages: media need a browser. That a call rings is told by the chat, as
 * `call.ringing` and `call.stopped`.
 */
export function createCalls({ rest, access, findDevice = findBrowserDevice }: Needed): Calls {
  /** Nobody is rung from a browser that cannot take part, and nobody who gives up meanwhile stays in the call. */
  const enter = async (begin: () => Promise<Described & { call_id: string }>, entering: Entering = {}) => {
    const { signal } = entering
    signal?.throwIfAborted()
    const device = await findDevice()
    signal?.throwIfAborted()
    const begun = await begin()
    const { call_id } = begun
    const leave = () => rest.calls.leave({ call_id })
    if (signal?.aborted) {
      // Where the service cannot be told, it finds out by itself.
      await leave().catch(() => undefined)
      signal.throwIfAborted()
    }
    const way = { path: toPath(begun.signaling_url), joinToken: begun.join_token }
    const place = { callId: call_id, way, findPath: () => findPath(rest, call_id), leave }
    return OngoingCall.enter({ access, device, ...place, ...entering })
  }
  return {
    start: (call, entering) =>
      enter(async () => {
        const begun = await rest.calls.initiate(call, { idempotencyKey: crypto.randomUUID() })
        if (begun.status === 'busy') throw busy()
        return begun
      }, entering),
    answer: (call_id, entering) =>
      enter(async () => ({ call_id, ...(await rest.calls.accept({ call_id })) }), entering),
    join: (call_id, entering) => enter(async () => ({ call_id, ...(await rest.calls.join({ call_id })) }), entering),
    async decline(call_id) {
      await rest.calls.decline({ call_id })
    },
  }
}
