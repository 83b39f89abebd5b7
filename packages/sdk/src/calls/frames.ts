import type {
  EnteredRoom,
  SignalingPush,
  SignalingReply,
  SignalingRequest,
  SignalingRequestType,
  SignalingServerFrame,
} from '@secureconnect/protocol'

type FieldsOf<T extends SignalingRequestType> = Omit<SignalingRequest<T>, 'type' | 'id'>

export type SignalingLanguage = {
  asks: { [T in SignalingRequestType]: { fields: FieldsOf<T>; reply: SignalingReply<T> } }
  tells: Record<never, object>
  told: SignalingServerFrame
}

/** Asks the server something about the call, as soon as one is in it. */
export type AskRoom = <T extends SignalingRequestType>(type: T, fields: FieldsOf<T>) => Promise<SignalingReply<T>>
export type { EnteredRoom, SignalingPush, SignalingServerFrame }
