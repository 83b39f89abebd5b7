import type { Blobs } from '@secureconnect/blobs'
import type { Kv } from '@secureconnect/kv'
import { enqueue, type Topic, Undeliverable } from '@secureconnect/outbox'
import { newId, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Context } from '../context.ts'
import { renewComposite } from '../stores/composites.ts'
import { deleteSegmentsOf } from '../stores/recording-segments.ts'
import { deleteRecording, noteErased } from '../stores/recordings.ts'
import { prefixOf, segmentKey } from './recording-keys.ts'

/** Recordings that nobody may have any more, and that the store has still. */
export const recordingRemovalTopic = 'recording-removal'

const Removal = Type.Object({
  recording_id: Type.String(),
  /** Only these files of it. */
  segment_ids: Type.Optional(Type.Array(Type.String())),
})
const removal = Compile(Removal)

type Unwanted = Static<typeof Removal>

/** Has files of a recording removed once the transaction is committed, however long the store is away. */
export async function enqueueRemoval(tx: Transaction, payload: Unwanted, kv: Pick<Kv, 'publish'>): Promise<void> {
  await enqueue(tx, { topic: recordingRemovalTopic, key: newId(), payload }, kv)
}

/** Removes a recording; false where somebody else did. */
export async function removeRecording(tx: Transaction, recordingId: string, kv: Pick<Kv, 'publish'>): Promise<boolean> {
  if (!(await deleteRecording(tx, recordingId))) return false
  await enqueueRemoval(tx, { recording_id: recordingId }, kv)
  return true
}

async function listKeys(blobs: Pick<Blobs, 'list'>, { recording_id, segment_ids }: Unwanted): Promise<string[]> {
  if (segment_ids) return segment_ids.map((segmentId) => segmentKey(recording_id, segmentId))
  const keys: string[] = []
  for await (const { key } of blobs.list(prefixOf(recording_id))) keys.push(key)
  return keys
}

/** Removes some tracks of somebody whose account is erased; answers how many, and says so in their recordings. */
export async function eraseTracks(tx: Transaction, erased: { userId: string; rows: number }, kv: Pick<Kv, 'publish'>) {
  const segments = await deleteSegmentsOf(tx, erased)
  for (const [recording_id, group] of Map.groupBy(segments, (segment) => segment.recording_id)) {
    const segment_ids = group.map(({ segment_id }) => segment_id)
    await noteErased(tx, recording_id, segment_ids.length)
    // One that is made of them must not stay either: it is made anew of the others.
    const compositeId = await renewComposite(tx, recording_id)
    const unwanted = compositeId === undefined ? segment_ids : [...segment_ids, compositeId]
    await enqueueRemoval(tx, { recording_id, segment_ids: unwanted }, kv)
  }
  return segments.length
}

/** Removes the files of recordings from the store. */
export function createRecordingRemoval({ blobs }: Pick<Context, 'blobs'>): Topic {
  return {
    // What was deleted must not stay, however long the store is away.
    attempts: Number.MAX_SAFE_INTEGER,
    isReady: () => blobs.probe.state.status !== 'down',
    async deliver({ payload }) {
      if (!removal.Check(payload)) throw new Undeliverable('the row names no recording')
      const keys = await listKeys(blobs, payload)
      await blobs.remove(keys)
    },
  }
}
