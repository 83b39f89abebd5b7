import { iceServers } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'

export const listIceServers = route(
  iceServers.list,
  (context: Pick<Context, 'iceServers'>) =>
    async ({ caller }) =>
      context.iceServers.for(caller.userId),
)
