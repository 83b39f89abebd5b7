import { buildService, type Service } from '@secureconnect/service'
import type { Context } from './context.ts'
import { chatSocket } from './ws/chat-socket.ts'

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, { sockets: [chatSocket] })
}
