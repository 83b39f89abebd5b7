import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { createPushLog } from './push-log.ts'

test('in embedded mode a push is counted and logged, without its token or its text', async () => {
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const log = createLogger({ service: 'chat-service', revision: 'abc', level: 'info', stream })
  const metrics = createMetrics({ service: 'chat-service', version: '0.1.0', revision: 'abc' })
  const pusher = createPushLog({ metrics, log })
  const about = { platform: 'web', type: 'message', data: {}, collapseKey: 'a', timeToLiveMs: 30_000 } as const
  assert.equal(await pusher.send({ ...about, token: 'device-7', title: 'Alice', body: 'hello' }), 'sent')
  assert.match(await metrics.registry.metrics(), /push_notifications_total\{type="message",platform="web",.*\} 1/)
  assert.match(lines.join(''), /push written/)
  assert.doesNotMatch(lines.join(''), /device-7|Alice|hello/)
  await pusher.close()
})
