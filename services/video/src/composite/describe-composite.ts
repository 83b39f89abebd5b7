import type { RecordingComposite } from '@secureconnect/protocol'
import type { CompositeRow } from '../stores/composites.ts'

export function toComposite(row: CompositeRow): RecordingComposite {
  const { status, reason, asked_by, asked_at, finished_at, duration_ms, width, height, bytes, sha256 } = row
  const times = { asked_at: asked_at.toISOString(), finished_at: finished_at?.toISOString() ?? null }
  return { status, reason, asked_by, ...times, duration_ms, width, height, bytes, sha256 }
}
