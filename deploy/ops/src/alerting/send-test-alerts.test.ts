import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { sendTestAlerts } from './send-test-alerts.ts'

/** A FAKE Alertmanager, which brings what it was given to its receivers or fails to. */
async function startAlertmanager(
  t: TestContext,
  counted: string,
): Promise<{ address: string; taken: () => { labels: { severity: string } }[] }> {
  let taken: { labels: { severity: string } }[] = []
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') taken = JSON.parse(Buffer.concat(await request.toArray()).toString())
    response.end(`${counted}{integration="webhook"} ${taken.length}\nother{integration="webhook"} 9\n`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const address = server.address()
  return { address: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, taken: () => taken }
}

const patience = { severities: ['critical', 'warning'], withinMs: 300, lookEveryMs: 20 }

test('one alert of each severity is sent, and it is told how many left, failed or went nowhere', async (t) => {
  const good = await startAlertmanager(t, 'alertmanager_notifications_total')
  assert.deepEqual(await sendTestAlerts({ address: good.address, ...patience }), { sent: 2, failed: 0 })
  assert.deepEqual(
    good.taken().map(({ labels }) => labels.severity),
    patience.severities,
  )
  const bad = await startAlertmanager(t, 'alertmanager_notifications_failed_total')
  assert.deepEqual(await sendTestAlerts({ address: bad.address, ...patience }), { sent: 0, failed: 2 })
  const mute = await startAlertmanager(t, 'something_else')
  assert.deepEqual(await sendTestAlerts({ address: mute.address, ...patience }), { sent: 0, failed: 0 })
  await assert.rejects(sendTestAlerts({ address: 'http://127.0.0.1:9', ...patience }), /127\.0\.0\.1:9/)
})
