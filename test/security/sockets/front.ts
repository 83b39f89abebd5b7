import { sockets } from '@secureconnect/protocol'
import type { startPreparedSystem } from '@secureconnect/test/embedded'
import { ask, newPerson } from '../../e2e/slice.ts'
import { RawSocket } from './raw-socket.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Started = Awaited<ReturnType<typeof startPreparedSystem>>

export const paths = { chat: sockets.chat.paths[0], signaling: sockets.signaling.paths[0] }

/** The gateway as those see it who come from outside. */
export type Front = ReturnType<typeof createFront>

export function createFront({ address, system }: Started) {
  return {
    address,
    chatAddress: system.addresses['chat-service'],
    /** Somebody new; answers his token. */
    async signUp(): Promise<string> {
      return (await ask(`${address}/v1/auth/register`, { body: newPerson() })).data.access_token
    },
    open: (t: Cleanup, path: string, token: string) =>
      RawSocket.open(t, { address, path, headers: { authorization: `Bearer ${token}` } }),
  }
}
