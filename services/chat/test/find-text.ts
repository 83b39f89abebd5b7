import type { Sql } from '@secureconnect/sql'
import { Type } from 'typebox'

const Name = Type.Object({ name: Type.String() })

/** The tables in which a text stands, whatever its column. */
export async function findText(sql: Sql, text: string): Promise<string[]> {
  const tables = await sql.many(Name)`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`
  const holding = []
  for (const { name } of tables) {
    const statement = [`select 'it' as name from ${name} as held where held::text like '%${text}%' limit 1`]
    const found = await sql.many(Name)(Object.assign(statement, { raw: statement }))
    if (found.length > 0) holding.push(name)
  }
  return holding
}
