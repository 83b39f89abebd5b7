import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocalKv } from '@secureconnect/kv'
import { createLogger } from '@secureconnect/logging'
import { listHealthNotes, startHealthNotes } from './health-notes.ts'

const service = 'api-gateway'
const log = createLogger({ service, revision: 'test', level: 'silent' })

test('what processes tell of themselves is known for 15 seconds, and those who left are forgotten', async (t) => {
  let nowMs = 0
  const kv = createLocalKv({ now: () => nowMs })
  t.after(() => kv.close())
  const timestamp = new Date().toISOString()
  const checks = { redis: { status: 'up', required: false } } as const
  const health = { service, version: '1', revision: 'test', uptime_seconds: 1, time: timestamp, timestamp, checks }
  const tell = async (instance: string, status: 'healthy' | 'degraded') =>
    startHealthNotes({ kv, log, instance, describe: () => ({ ...health, status }) })[Symbol.asyncDispose]()
  await tell('one', 'degraded')
  nowMs += 10_000
  await tell('two', 'healthy')
  assert.deepEqual(await listHealthNotes(kv, service), [
    { instance: 'one', status: 'degraded', checks, seen_at: timestamp },
    { instance: 'two', status: 'healthy', checks, seen_at: timestamp },
  ])
  nowMs += 5_000
  assert.deepEqual(
    (await listHealthNotes(kv, service)).map(({ instance }) => instance),
    ['two'],
  )
  assert.deepEqual(await kv.listSet(`health:${service}`), ['two'])
  nowMs += 10_000
  assert.deepEqual(await listHealthNotes(kv, service), [])
})

test('what is no note of ours is passed over', async (t) => {
  const kv = createLocalKv()
  t.after(() => kv.close())
  await kv.addToSet(`health:${service}`, ['other'], { ttlMs: 1_000 })
  await kv.set(`health:${service}:other`, '{"status":"fine"}', { ttlMs: 1_000 })
  assert.deepEqual(await listHealthNotes(kv, service), [])
})
