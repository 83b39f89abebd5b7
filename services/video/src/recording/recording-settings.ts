import { type ConfigOf, integer, optional, text } from '@secureconnect/config'

const gibibyte = 1024 ** 3

/** How calls are recorded, and how much of it. */
export const recordingSettings = {
  /** The program that records; without one the `ffmpeg` that is on PATH. */
  ffmpeg: optional(text()),
  /** Where recordings are until they are in the store of files: of one process, and kept over its restarts. */
  recordingsFolder: text('.data/recordings'),
  /** What may wait there; once it is full nothing more is recorded. */
  recordingsFolderBytes: integer({ min: 1, max: Number.MAX_SAFE_INTEGER, fallback: 20 * gibibyte }),
  /** Calls that one process records at once; others wait for their turn. */
  recordingsAtOnce: integer({ min: 1, max: 1_000, fallback: 4 }),
  /** Each track has a recorder of its own; those beyond so many wait as well. */
  recordingTracksAtOnce: integer({ min: 1, max: 1_000, fallback: 40 }),
  /** After so many days recordings are deleted. */
  recordingRetentionDays: integer({ min: 1, max: 3_650, fallback: 90 }),
  /** A recording waits so long for the files of a process that is gone. */
  recordingWaitHours: integer({ min: 1, max: 720, fallback: 24 }),
  recordingUrlTtlSeconds: integer({ min: 1, max: 86_400, fallback: 900 }),
}

export type RecordingConfig = ConfigOf<typeof recordingSettings>
