import type { CallEncryption } from '@secureconnect/sdk/calls'
import { isEncrypted } from '../../chat/list/conversations.ts'
import { explainDevice } from '../../encryption/explain-device.ts'
import { getDevice } from '../../encryption/own-device.ts'
import { words } from '../../words/index.ts'

/** Why this browser can be in no encrypted call, in words. */
export class CannotEncrypt extends Error {
  override readonly name = 'CannotEncrypt'
}

const createWorker = () => new Worker(new URL('./frame-worker.ts', import.meta.url), { type: 'module' })

/** What it takes to be in the call of a conversation: nothing where that is not encrypted. */
export async function findEncryption(conversationId: string): Promise<{ encryption?: CallEncryption }> {
  if (!isEncrypted(conversationId)) return {}
  const { noTransform, noKeys } = words.calls.encryption
  if (!('RTCRtpScriptTransform' in globalThis)) throw new CannotEncrypt(noTransform)
  const { encryption } = await getDevice().catch((error: unknown) => {
    throw new CannotEncrypt(noKeys(explainDevice(error)))
  })
  return { encryption: { ...encryption.channel, createWorker } }
}
