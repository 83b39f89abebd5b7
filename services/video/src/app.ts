import { buildService, type Service } from '@secureconnect/service'
import type { Context } from './context.ts'
import { listIceServers } from './routes/list-ice-servers.ts'
import { signalingSocket } from './ws/signaling-socket.ts'

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, { routes: [listIceServers], sockets: [signalingSocket] })
}
