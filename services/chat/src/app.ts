import { buildService, type Service } from '@secureconnect/service'
import type { Context } from './context.ts'
import { createConversation } from './routes/create-conversation.ts'
import { deleteMessage } from './routes/delete-message.ts'
import { editMessage } from './routes/edit-message.ts'
import { forwardMessage } from './routes/forward-message.ts'
import { getConversation } from './routes/get-conversation.ts'
import { getMessage } from './routes/get-message.ts'
import { getMessageHistory } from './routes/get-message-history.ts'
import { listConversations } from './routes/list-conversations.ts'
import { listMessages } from './routes/list-messages.ts'
import { readConversation } from './routes/read-conversation.ts'
import { sendMessage } from './routes/send-message.ts'
import { chatSocket } from './ws/chat-socket.ts'

const messages = [sendMessage, editMessage, deleteMessage, forwardMessage]
const history = [listMessages, getMessage, getMessageHistory, readConversation]
const conversations = [createConversation, listConversations, getConversation]

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, { routes: [...messages, ...history, ...conversations], sockets: [chatSocket] })
}
