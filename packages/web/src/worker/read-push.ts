import { describeSubject, type NoticeData, toTag } from '../notices/notice.ts'
import { pages } from '../pages.ts'

/** A push as Firebase hands it to browsers: what our service said, as text. */
type Pushed = {
  notification?: { title?: string; body?: string; tag?: string }
  data?: { type?: string; conversation_id?: string; message_id?: string }
}

export type Notice = { title: string; body: string; tag: string; isCall: boolean; isTest: boolean; data: NoticeData }

function parse(push: PushMessageData | null): Pushed {
  try {
    return push?.json() ?? {}
  } catch {
    return {}
  }
}

/** Says no more than the push does. Something is shown of any: browsers take pushes away from pages that keep silent. */
export function readPush(push: PushMessageData | null): Notice {
  const { notification = {}, data = {} } = parse(push)
  const { type = '', conversation_id: conversationId, message_id } = data
  const { title = 'SecureConnect', body = '', tag = toTag(conversationId ?? type) } = notification
  const path = conversationId ? pages.conversation.replace(':conversationId', conversationId) : pages.home
  const [isCall, isTest] = [type === 'call_ringing', type === 'test']
  return { title, body, tag, isCall, isTest, data: { path, about: describeSubject(type, message_id) } }
}
