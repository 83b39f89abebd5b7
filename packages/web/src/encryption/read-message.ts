import { ApiError, insist, type Message } from '@secureconnect/sdk'
import { type Encryption, GroupError, type GroupFault, type Opened } from '@secureconnect/sdk/encryption'
import { noteSealedFiles } from './sealed-files.ts'

/** What an encrypted message says: nothing before it is open, where it is from before this device, where its keys did not come, or where it was tampered with. */
export type Reading =
  | { is: 'open'; content: string; metadata: Message['metadata'] }
  | { is: 'opening' }
  | { is: 'unreadable' }
  | { is: 'missed' }
  | { is: 'tampered' }

const meanings: Readonly<Record<GroupFault, 'tampered' | 'missed' | 'unreadable'>> = {
  FORGED: 'tampered',
  REPLAYED: 'tampered',
  MISSED: 'missed',
  STALE: 'unreadable',
  REMOVED: 'unreadable',
}

/** What goes with the words, as metadata go with a plain message. */
function metadataOf({ more = {} }: Opened): Message['metadata'] {
  const isValue = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)
  return Object.fromEntries(Object.entries(more).filter(([, value]) => isValue(value))) as Message['metadata']
}

/** Reads an encrypted message; rejected where the device was closed meanwhile. */
export async function readMessage(encryption: Encryption, message: Message): Promise<Reading> {
  try {
    const opened = await insist(() => encryption.open(message))
    if (!opened) return { is: 'unreadable' }
    noteSealedFiles(opened.more?.files, message.file_ids)
    return { is: 'open', content: opened.content, metadata: metadataOf(opened) }
  } catch (error) {
    if (error instanceof GroupError) return { is: meanings[error.fault] }
    // Its sender sealed something that is no message.
    if (error instanceof SyntaxError) return { is: 'tampered' }
    if (error instanceof ApiError) return { is: 'unreadable' }
    throw error
  }
}
