import type { InitiateCall } from '@secureconnect/protocol'
import type { Access } from '../access.ts'
import type { Rest } from '../rest.ts'
import { OngoingCall } from './ongoing-call.ts'

export { listDevices, openCamera, openMicrophone, openScreen } from './capture.ts'
export type { CallEvents, OngoingCall } from './ongoing-call.ts'
export type { RemoteTrack } from './receiver.ts'
export type { Ending } from './signaling.ts'

export type Calls = {
  /** Calls the people of a conversation, or some of them: it rings there, and one is in the call already. */
  start(call: InitiateCall): Promise<OngoingCall>
  /** Answers a call that rings here; it stops ringing on one's other devices. */
  answer(callId: string): Promise<OngoingCall>
  decline(callId: string): Promise<void>
  /** Comes into a call that others are in. */
  join(callId: string): Promise<OngoingCall>
}

type Way = { signaling_url: string; join_token?: string }

/**
 * The calls of whoever is signed in, for pages: media need a browser. That a call rings is told by the chat, as
 * `call.ringing` and `call.stopped`.
 */
export function createCalls({ rest, access }: { rest: Rest; access: Access }): Calls {
  const enter = (call_id: string, { signaling_url, join_token: joinToken }: Way) => {
    // The service names its public address; we have our own way to the same gateway.
    const { pathname, search } = new URL(signaling_url)
    const leave = () => rest.calls.leave({ call_id })
    return OngoingCall.enter({ access, callId: call_id, path: `${pathname}${search}`, joinToken, leave })
  }
  return {
    async start(call) {
      const begun = await rest.calls.initiate(call, { idempotencyKey: crypto.randomUUID() })
      return enter(begun.call_id, begun)
    },
    async answer(call_id) {
      return enter(call_id, await rest.calls.accept({ call_id }))
    },
    async decline(call_id) {
      await rest.calls.decline({ call_id })
    },
    async join(call_id) {
      return enter(call_id, await rest.calls.join({ call_id }))
    },
  }
}
