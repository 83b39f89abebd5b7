import { writeSync } from 'node:fs'
import { createLocalKv } from '@secureconnect/kv'
import { connectPostgres, json, type PostgresOptions } from '@secureconnect/sql'
import { createTestMetrics, silentLog } from '@secureconnect/sql/testing'
import { startRelay } from '../src/index.ts'

// A relay in a process of its own, to be killed. Its parent hands it the way to the database, and reads from standard
// output what it delivered.

process.once('message', async (options: PostgresOptions) => {
  const metrics = createTestMetrics()
  const sql = await connectPostgres({ ...options, metrics, log: silentLog })
  await startRelay({
    sql,
    kv: createLocalKv(),
    metrics,
    log: silentLog,
    topics: {
      outside: {
        async deliver(row) {
          writeSync(1, `${row.outbox_id} ${row.key} ${row.payload}\n`)
        },
      },
      inside: {
        async apply(tx, row) {
          await tx.execute`insert into effects (outbox_id, key, note) values (${row.outbox_id}, ${row.key}, ${json(row.payload)})`
        },
      },
    },
  })
})
