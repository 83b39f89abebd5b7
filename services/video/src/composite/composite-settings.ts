import { type ConfigOf, flag, integer } from '@secureconnect/config'

const gibibyte = 1024 ** 3

/** How one file that people can watch is made of a recording, and how much that may take. */
export const compositeSettings = {
  /** Whether each recording gets one by itself; else those get one whose hosts ask for it. */
  compositesAlways: flag(false),
  /** How many one process makes at once; with 0 it leaves them to others. */
  compositesAtOnce: integer({ min: 0, max: 100, fallback: 1 }),
  /** On how many cores each of them may be encoded, after everything else that wants those. */
  compositeThreads: integer({ min: 1, max: 64, fallback: 1 }),
  /** What all that are made at once may take beside RECORDINGS_FOLDER. */
  compositesFolderBytes: integer({ min: 1, max: Number.MAX_SAFE_INTEGER, fallback: 20 * gibibyte }),
}

export type CompositeConfig = ConfigOf<typeof compositeSettings>
