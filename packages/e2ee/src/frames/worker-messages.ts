import type { CipherKey } from '../bytes.ts'
import type { Dropped } from './open-frames.ts'

/** What a stream of frames is: one's own that is sent, or somebody's that is received. */
export type TransformOptions = { direction: 'send' | 'receive'; participantId: string; source: string }

/** What the page tells the worker through which all frames of a call go. */
export type ToWorker =
  | { type: 'own-key'; generation: number; key: CipherKey }
  | { type: 'key'; participantId: string; generation: number; key: CipherKey }
  | { type: 'forget'; participantId: string }

/** What the worker tells the page, once a second at most: how many frames of somebody were dropped in all. */
export type FromWorker = { type: 'dropped'; participantId: string; dropped: Dropped }
