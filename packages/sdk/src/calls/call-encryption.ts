import type { Dropped } from '@secureconnect/e2ee/frames'

/** What something encrypted is about: it is readable as nothing else. */
export type About = { conversationId: string; binding: readonly string[] }

/**
 * What it takes to be in encrypted calls: the group of their conversation, by which keys go to the devices in it and to
 * nobody else.
 */
export type CallEncryption = {
  /** A worker of `@secureconnect/e2ee/frame-worker`: all that is sent and received goes through it. */
  createWorker: () => Worker
  /** Encrypts for the group. */
  seal(plaintext: Uint8Array, about: About): Promise<string>
  /** Decrypts what somebody of the group encrypted; throws where nobody of it did, or about anything else. */
  open(ciphertext: string, about: About): Promise<{ plaintext: Uint8Array; userId: string }>
  /** Calls `listener` whenever other devices are in the group than before; what it returns ends that. */
  onChanged(conversationId: string, listener: () => void): () => void
}

/** How many frames of somebody were not shown, and why. */
export type DroppedFrames = { participantId: string; dropped: Dropped }
