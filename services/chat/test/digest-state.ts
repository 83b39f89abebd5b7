import type { Sql } from '@secureconnect/sql'
import { Type } from 'typebox'

const Digest = Type.Object({ digest: Type.String() })

/** What people change of conversations and what devices leave each other. */
const tables = [
  'conversations',
  'conversation_log',
  'members',
  'reactions',
  'poll_votes',
  'devices',
  'device_messages',
  'group_commits',
]

/** Another text as soon as any row of theirs is another. */
export async function digestState(sql: Sql): Promise<string> {
  const rows = tables.map((table) => `select held::text as line from ${table} as held`).join(' union all ')
  const statement = [`select md5(string_agg(line, '' order by line)) as digest from (${rows}) as lines`]
  const { digest } = await sql.one(Digest)(Object.assign(statement, { raw: statement }))
  return digest
}
