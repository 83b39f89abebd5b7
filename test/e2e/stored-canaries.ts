import assert from 'node:assert/strict'
import { Client as CassandraClient } from 'cassandra-driver'
import { Redis } from 'ioredis'
import { Client } from 'pg'

export type Env = Readonly<Record<string, string>>

/** Every row of every table as text, as a dump has it. */
export async function dumpDatabase({ DB_HOST, DB_PORT, DB_USER, DB_NAME, DB_PASSWORD }: Env): Promise<string> {
  const names = { user: DB_USER, database: DB_NAME, password: DB_PASSWORD }
  const client = new Client({ host: DB_HOST, port: Number(DB_PORT), ...names })
  await client.connect()
  try {
    const { rows: tables } = await client.query("select tablename from pg_tables where schemaname = 'public'")
    const texts: string[] = []
    for (const { tablename } of tables) {
      const { rows } = await client.query(`select held::text as line from "${tablename}" as held`)
      texts.push(tablename, ...rows.map(({ line }) => line))
    }
    return texts.join('\n')
  } finally {
    await client.end()
  }
}

const readers: Readonly<Record<string, (redis: Redis, key: string) => Promise<unknown>>> = {
  string: (redis, key) => redis.get(key),
  hash: (redis, key) => redis.hgetall(key),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, '0', '-1'),
  list: (redis, key) => redis.lrange(key, 0, -1),
}

/** Every key and what it holds. */
export async function dumpRedis({ REDIS_HOST, REDIS_PORT, REDIS_USERNAME, REDIS_PASSWORD }: Env): Promise<string> {
  const names = { username: REDIS_USERNAME ?? '', password: REDIS_PASSWORD ?? '' }
  const redis = new Redis({ host: REDIS_HOST ?? '', port: Number(REDIS_PORT), ...names })
  try {
    const texts: string[] = []
    for (const key of await redis.keys('*')) {
      const read = readers[await redis.type(key)]
      texts.push(key, JSON.stringify(await read?.(redis, key)))
    }
    return texts.join('\n')
  } finally {
    redis.disconnect()
  }
}

const rowsPerPage = 500

/** Every row of every table of the archive. */
export async function dumpArchive({ CASSANDRA_HOSTS, CASSANDRA_PORT, ...names }: Env): Promise<string> {
  const { CASSANDRA_DATA_CENTER, CASSANDRA_USER, CASSANDRA_PASSWORD } = names
  const client = new CassandraClient({
    contactPoints: [`${CASSANDRA_HOSTS}:${CASSANDRA_PORT}`],
    localDataCenter: CASSANDRA_DATA_CENTER ?? '',
    credentials: { username: CASSANDRA_USER ?? '', password: CASSANDRA_PASSWORD ?? '' },
    keyspace: 'secureconnect',
  })
  try {
    const known = "select table_name from system_schema.tables where keyspace_name = 'secureconnect'"
    const texts: string[] = []
    for (const row of (await client.execute(known)).rows) {
      const table = String(row.get('table_name'))
      texts.push(table)
      const rows = await client.execute(`select json * from ${table}`, [], { fetchSize: rowsPerPage })
      for await (const held of rows) texts.push(String(held.get(0)))
    }
    return texts.join('\n')
  } finally {
    await client.shutdown()
  }
}

/** A secret as it may be written down: as it is, or its bytes, or those that it stands for. */
function listSpellings(secret: string): string[] {
  return [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret, 'base64url').toString('hex')]
}

/** Fails where what opens something stands in a store, so that whoever has its dump could use it. */
export async function assertNotStored(secrets: Readonly<Record<string, string>>, env: Env): Promise<void> {
  const archive = env.CASSANDRA_HOSTS === undefined ? {} : { Cassandra: await dumpArchive(env) }
  const dumps = { 'the database': await dumpDatabase(env), Redis: await dumpRedis(env), ...archive }
  assert.match(dumps['the database'], /sessions\n/, 'there is something to look at')
  for (const [place, text] of Object.entries(dumps)) {
    for (const [name, secret] of Object.entries(secrets)) {
      for (const spelling of listSpellings(secret)) assert.ok(!text.includes(spelling), `${name} in ${place}`)
    }
  }
}
