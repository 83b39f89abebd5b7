import type { Poll } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'
import { listResults, type PollRow, type ResultRow } from '../stores/polls.ts'

function toPoll(row: PollRow, results: readonly ResultRow[]): Poll {
  const votes = new Map(results.map((result) => [result.option_id, result]))
  return {
    poll_id: row.poll_id,
    conversation_id: row.conversation_id,
    seq: row.seq,
    created_by: row.created_by,
    question: row.question,
    options: row.options.map((option) => ({ ...option, vote_count: votes.get(option.option_id)?.vote_count ?? 0 })),
    poll_type: row.poll_type,
    allow_vote_change: row.allow_vote_change,
    voter_count: results[0]?.voter_count ?? 0,
    own_option_ids: row.options.flatMap(({ option_id }) => (votes.get(option_id)?.is_own ? [option_id] : [])),
    status: row.closed_at === null ? 'open' : 'closed',
    expires_at: row.expires_at?.toISOString() ?? null,
    closed_at: row.closed_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}

/** Polls with what came of them so far, as somebody sees them; as nobody in particular, for what all are told. */
export async function toPolls(
  sql: Queries,
  { rows, userId }: { rows: readonly PollRow[]; userId: string | null },
): Promise<Poll[]> {
  if (rows.length === 0) return []
  const results = await listResults(sql, { pollIds: rows.map(({ poll_id }) => poll_id), userId })
  const byPoll = Map.groupBy(results, ({ poll_id }) => poll_id)
  return rows.map((row) => toPoll(row, byPoll.get(row.poll_id) ?? []))
}
