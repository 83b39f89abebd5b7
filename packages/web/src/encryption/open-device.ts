// What reads and writes encrypted conversations, in one part that is loaded once somebody has one.
import { openBrowserVault } from '@secureconnect/e2ee/browser-vault'
import type { Message } from '@secureconnect/sdk'
import { createEncryptedFiles, type EncryptedFiles } from '@secureconnect/sdk/encrypted-files'
import { type Encryption, startEncryption, type Vault } from '@secureconnect/sdk/encryption'
import { describeDevice } from '../account/device-name.ts'
import { client } from '../app/client.ts'
import { type Reading, readMessage } from './read-message.ts'

/** This browser as a device that is open: what it can do with keys, what it keeps, and files that go sealed. */
export type OpenDevice = Disposable & {
  encryption: Encryption
  vault: Vault
  files: EncryptedFiles
  read(message: Message): Promise<Reading>
}

/** Opens the device that this browser was before, or has it become one; `name` is that of its vault. */
export async function openDeviceAt(name: string): Promise<OpenDevice> {
  // Asked not to throw away what no server has; whatever it answers, the page goes on.
  void navigator.storage?.persist?.().catch(() => undefined)
  const vault = await openBrowserVault(name)
  try {
    const deviceName = describeDevice(navigator.userAgent)
    const encryption = await startEncryption(client, { vault, deviceName })
    const dispose = () => {
      encryption[Symbol.dispose]()
      vault[Symbol.dispose]()
    }
    return {
      encryption,
      vault,
      files: createEncryptedFiles(client.files),
      read: (message) => readMessage(encryption, message),
      [Symbol.dispose]: dispose,
    }
  } catch (error) {
    vault[Symbol.dispose]()
    throw error
  }
}
