import type { Queries } from '@secureconnect/sql'
import { findPiece, type JobRow, measureExport } from './rows.ts'

/**
 * Writes a finished export as one JSON document, a piece at a time, so that its size is nobody's memory:
 * `{"user_id", "requested_at", "is_complete", "sections": {"<section>": [<items>]}}`. It fails, and so stays without its
 * end, where the export goes while it is read: half of it must not look like the whole.
 */
export async function* writeExport(sql: Queries, job: JobRow): AsyncGenerator<string, void, undefined> {
  const { job_id: jobId, user_id, requested_at, is_complete } = job
  const { pieces } = await measureExport(sql, jobId)
  const head = JSON.stringify({ user_id, requested_at, is_complete }).slice(0, -1)
  yield `${head},"sections":{`
  let section: string | undefined
  let isFirst = true
  for (let position = 0; position < pieces; position++) {
    const piece = await findPiece(sql, jobId, position)
    if (!piece) throw new Error('The export went while it was read')
    if (piece.section !== section) {
      yield `${section === undefined ? '' : '],'}${JSON.stringify(piece.section)}:[`
      section = piece.section
      isFirst = true
    }
    if (piece.items === '') continue
    yield isFirst ? piece.items : `,${piece.items}`
    isFirst = false
  }
  yield section === undefined ? '}}' : ']}}'
}
