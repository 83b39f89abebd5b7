import { type ArchiveTable, archiveTables } from '@secureconnect/chat-service/archive'
import { type Client, types } from 'cassandra-driver'

/** A column that every row has: its time of writing is the row's. A row that is a key alone has none. */
const writtenWith: Readonly<Record<ArchiveTable, string | undefined>> = {
  messages: 'applied',
  message_by_id: 'seq',
  passed_buckets: undefined,
}

const rowsPerPage = 100
const attempts = 3
/** A page of rows with long texts, from a server that is busy. */
const readTimeout = 30_000

export { archiveTables }

/** Where the tables are: their keyspace, and what stands behind their names. */
export type Tables = { keyspace: string; suffix: string }

export const nameOf = ({ keyspace, suffix }: Tables, table: ArchiveTable): string => `${keyspace}.${table}${suffix}`

async function listColumns(client: Client, { keyspace, suffix }: Tables, table: ArchiveTable): Promise<string[]> {
  const query = 'select column_name from system_schema.columns where keyspace_name = ? and table_name = ?'
  const { rows } = await client.execute(query, [keyspace, `${table}${suffix}`], { prepare: true })
  return rows.map((row) => String(row.get('column_name')))
}

/** Each row of a table as JSON, with the time of its writing as `written`: Cassandra says both itself. */
export async function* readTable(client: Client, tables: Tables, table: ArchiveTable): AsyncGenerator<string> {
  const columns = (await listColumns(client, tables, table)).join(', ')
  const column = writtenWith[table]
  const query = `select json ${columns}${column ? `, writetime(${column}) as written` : ''} from ${nameOf(tables, table)}`
  let pageState: string | undefined
  do {
    const options = { prepare: true, fetchSize: rowsPerPage, readTimeout, ...(pageState && { pageState }) }
    const page = await insist(() => client.execute(query, [], options))
    for (const row of page.rows) yield String(row.get(0))
    pageState = page.pageState
  } while (pageState)
}

/** What may be repeated is, so that one slow answer does not cost the whole. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === attempts) throw error
    }
  }
}

/** Writes a row as it was, with the time of its writing; what was never set is not written, or it would be a tombstone. */
export async function writeRow(client: Client, name: string, line: string): Promise<void> {
  const { written = 1, ...columns }: Record<string, unknown> = JSON.parse(line)
  const set = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null))
  const query = `insert into ${name} json ? default unset using timestamp ?`
  const values = [JSON.stringify(set), types.Long.fromNumber(Number(written))]
  await insist(() => client.execute(query, values, { prepare: true, readTimeout }))
}
