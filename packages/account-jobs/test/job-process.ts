import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalKv } from '@secureconnect/kv'
import { startRelay } from '@secureconnect/outbox'
import { connectPostgres, type PostgresOptions } from '@secureconnect/sql'
import { createTestMetrics, silentLog } from '@secureconnect/sql/testing'
import { jobTopics } from '../src/index.ts'
import { chatSteps } from './chat-steps.ts'

// A service in a process of its own, to be killed in the middle of its second step. Its parent hands it the way to the
// database, and hears of the step on standard output.

process.once('message', async (options: PostgresOptions) => {
  const metrics = createTestMetrics()
  const kv = createLocalKv()
  const sql = await connectPostgres({ ...options, metrics, log: silentLog })
  let taken = 0
  const topics = jobTopics({
    service: 'chat-service',
    sql,
    kv,
    log: silentLog,
    steps: {
      ...chatSteps,
      async erase(tx, step) {
        const next = await chatSteps.erase(tx, step)
        taken++
        if (taken < 2) return next
        writeSync(1, 'killed in here\n')
        await sleep(60_000)
        return next
      },
    },
  })
  await startRelay({ sql, kv, metrics, log: silentLog, topics })
})
