import { Uuid } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { type AdditionPlace, listPinsOf, listPollsOf, listReactionsOf, listVotesOf } from '../stores/own-additions.ts'
import { listReportsOf } from '../stores/reports.ts'

const rowsPerStep = 500
const first: AdditionPlace = { id: '00000000-0000-0000-0000-000000000000', seq: 0, emoji: '' }

type Row = Partial<Record<'conversation_id' | 'poll_id' | 'report_id' | 'emoji', string | null>> & {
  seq?: number | null
}
type List = (sql: Queries, page: { userId: string; after: AdditionPlace; rows: number }) => Promise<readonly Row[]>

/** What somebody adds to what is said, and reports of it, in the order in which it is exported. */
const sections = {
  reactions: listReactionsOf,
  pins: listPinsOf,
  polls: listPollsOf,
  votes: listVotesOf,
  reports: listReportsOf,
} satisfies Record<string, List>
type Section = keyof typeof sections
const following: Record<Section, Section | undefined> = {
  reactions: 'pins',
  pins: 'polls',
  polls: 'votes',
  votes: 'reports',
  reports: undefined,
}

/** Where the export of additions goes on: in which section, and after what. */
export const AdditionsPlace = Type.Object({
  section: Type.Union([
    Type.Literal('reactions'),
    Type.Literal('pins'),
    Type.Literal('polls'),
    Type.Literal('votes'),
    Type.Literal('reports'),
  ]),
  id: Uuid,
  seq: Type.Integer(),
  emoji: Type.String(),
})
export type AdditionsPlace = Static<typeof AdditionsPlace>

export const firstAdditions: AdditionsPlace = { section: 'reactions', ...first }

/** Collects a part of a section, and answers where the next one begins. */
export async function collectAdditions(sql: Queries, userId: string, place: AdditionsPlace) {
  const { section, ...after } = place
  const list: List = sections[section]
  const items = await list(sql, { userId, after, rows: rowsPerStep })
  const last = items.length === rowsPerStep ? items.at(-1) : undefined
  if (last) {
    const { report_id, poll_id, conversation_id, seq, emoji } = last
    // Reports are in their own order, polls and votes in that of polls, the others in that of conversations.
    const id = report_id ?? poll_id ?? conversation_id ?? first.id
    return { section, items, next: { section, id, seq: seq ?? 0, emoji: emoji ?? '' } }
  }
  const next = following[section]
  return { section, items, next: next && { section: next, ...first } }
}
