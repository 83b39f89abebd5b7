import { buildService, type Service } from '@secureconnect/service'
import type { Context } from './context.ts'
import { deleteMessage } from './routes/delete-message.ts'
import { editMessage } from './routes/edit-message.ts'
import { forwardMessage } from './routes/forward-message.ts'
import { getMessage } from './routes/get-message.ts'
import { getMessageHistory } from './routes/get-message-history.ts'
import { listMessages } from './routes/list-messages.ts'
import { readConversation } from './routes/read-conversation.ts'
import { sendMessage } from './routes/send-message.ts'
import { chatSocket } from './ws/chat-socket.ts'

const messages = [sendMessage, editMessage, deleteMessage, forwardMessage]
const history = [listMessages, getMessage, getMessageHistory, readConversation]

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, { routes: [...messages, ...history], sockets: [chatSocket] })
}
