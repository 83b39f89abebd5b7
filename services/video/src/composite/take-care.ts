import { rm } from 'node:fs/promises'
import type { Context } from '../context.ts'
import { segmentKey } from '../recording/recording-keys.ts'
import { type CompositeRow, giveBackComposite, type Held, keepComposite } from '../stores/composites.ts'
import { listSegments } from '../stores/recording-segments.ts'
import { findRecording, type RecordingRow } from '../stores/recordings.ts'
import { CompositeFault } from './composite-fault.ts'
import { endComposite } from './end-composite.ts'
import { Lease, leaseMs } from './lease.ts'
import { makeComposite } from './make-composite.ts'
import { mostAttempts, planNext } from './plan-next.ts'
import { scratchOf } from './scratch.ts'

/** How long making one may take: so much at least, and so many times as long as it plays. */
const limits = { leastMs: 120_000, timesAsLong: 10 }

export type Composing = Pick<
  Context,
  'sql' | 'kv' | 'blobs' | 'config' | 'log' | 'metrics' | 'events' | 'webhooks' | 'desk'
>

type Taken = { row: CompositeRow; held: Held; recording: RecordingRow }

async function make(context: Composing, { row, held, recording }: Taken, signal: AbortSignal): Promise<void> {
  const { sql, blobs, config, desk } = context
  const { recording_id, composite_id } = held
  // Its process died so often that it may well be the cause.
  if (row.attempts > mostAttempts) throw new CompositeFault('broken', 'its process died each time')
  const segments = (await listSegments(sql.background, recording_id)).filter(({ sha256 }) => sha256 !== null)
  if (segments.length === 0) throw new CompositeFault('nothing', 'nothing of it was recorded')
  const durationMs = recording.duration_ms ?? 0
  const deadline = AbortSignal.timeout(limits.leastMs + limits.timesAsLong * durationMs)
  const folder = scratchOf(config, held)
  try {
    const program = await desk.program.getPath()
    const inTime = AbortSignal.any([signal, deadline])
    const made = await makeComposite({ context, program, recording, segments, folder, signal: inTime })
    await blobs.putFile(segmentKey(recording_id, composite_id), made.path, 'video/mp4')
    await endComposite(context, { held, recording, outcome: { ...made, durationMs } })
  } catch (error) {
    if (deadline.aborted && !signal.aborted) throw new CompositeFault('took_too_long', 'it took too long')
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function noteFailure(context: Composing, { row, held, recording }: Taken, error: unknown): Promise<void> {
  const { sql, events } = context
  events.compositeTroubled(held.recording_id, error)
  if (error instanceof CompositeFault) return endComposite(context, { held, recording, outcome: error.reason })
  const next = planNext(row, error)
  if (!next) return endComposite(context, { held, recording, outcome: 'broken' })
  await giveBackComposite(sql.background, held, next)
}

/** Makes a composite that this process has taken, and says what became of it; what ends early is left to others. */
export async function takeCare(context: Composing, row: CompositeRow, closing: AbortSignal): Promise<void> {
  const { log, desk } = context
  const sql = context.sql.background
  const held = { ...row, holder: desk.holder }
  const recording = await findRecording(sql, row.recording_id)
  if (!recording) return
  await using lease = new Lease({ log, keep: () => keepComposite(sql, held, leaseMs) })
  try {
    await make(context, { row, held, recording }, AbortSignal.any([closing, lease.signal]))
  } catch (error) {
    if (lease.signal.aborted) return
    if (closing.aborted) await giveBackComposite(sql, held, { waitMs: 0, attempts: row.attempts - 1 })
    else await noteFailure(context, { row, held, recording }, error)
  }
}
