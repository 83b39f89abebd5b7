import type { Dropped } from '@secureconnect/e2ee/frames'
import type { GroupChannel } from '../encryption/group-channel.ts'

/**
 * What it takes to be in encrypted calls: the group of their conversation, by which keys go to the devices in it and to
 * nobody else, as `channel` of `startEncryption` gives it.
 */
export type CallEncryption = GroupChannel & {
  /** A worker of `@secureconnect/e2ee/frame-worker`: all that is sent and received goes through it. */
  createWorker: () => Worker
}

/** How many frames of somebody were not shown, and why. */
export type DroppedFrames = { participantId: string; dropped: Dropped }
