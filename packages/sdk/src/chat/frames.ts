import type { ChatReply, ChatRequest, ChatRequestType, ChatServerFrame } from '@secureconnect/protocol'

/** What goes out without an answer. */
export type TellType = { [T in ChatRequestType]: ChatReply<T> extends undefined ? T : never }[ChatRequestType]
/** What the server answers. */
export type AskType = Exclude<ChatRequestType, TellType>
/** A frame without what the SDK fills in. */
export type FieldsOf<T extends ChatRequestType> = Omit<ChatRequest<T>, 'type' | 'id'>

export type ChatLanguage = {
  asks: { [T in AskType]: { fields: FieldsOf<T>; reply: ChatReply<T> } }
  tells: { [T in TellType]: FieldsOf<T> }
  told: ChatServerFrame
}
