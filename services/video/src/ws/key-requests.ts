import type { Context } from '../context.ts'
import { seatedRequest } from './request.ts'

/** What those in an encrypted call give each other so that they can see and hear themselves, and nobody else can. */
export function createKeyRequests(context: Pick<Context, 'rooms'>) {
  return {
    'e2ee.key': seatedRequest(context, 'e2ee.key', ({ room, participant }, { epoch, ciphertext }) => {
      room.encryption.sendKey(participant, { epoch, ciphertext })
      return {}
    }),
  }
}
