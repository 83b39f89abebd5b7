import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { ask } from '../verify/ask.ts'

/** Ways that Alertmanager has to bring an alert to somebody; the heartbeat goes the first one, too. */
const integrations = ['webhook', 'slack'] as const

type Counts = { sent: number; failed: number }

function sum(metrics: string, name: string): number {
  const lines = metrics
    .split('\n')
    .filter((line) => integrations.some((way) => line.startsWith(`${name}{integration="${way}"`)))
  return lines.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0)
}

async function count(address: string): Promise<Counts> {
  const { text } = await ask(`${address}/metrics`)
  return {
    sent: sum(text, 'alertmanager_notifications_total'),
    failed: sum(text, 'alertmanager_notifications_failed_total'),
  }
}

type Options = { address: string; severities: readonly string[]; withinMs: number; lookEveryMs: number }

/** Gives Alertmanager one alert of each severity, and tells how many notifications left and failed until all were tried. */
export async function sendTestAlerts({ address, severities, withinMs, lookEveryMs }: Options): Promise<Counts> {
  const before = await count(address)
  const endsAt = new Date(Date.now() + 60_000).toISOString()
  const alerts = severities.map((severity) => ({
    labels: { alertname: 'OpsAlertTest', severity, test: randomUUID() },
    annotations: { summary: `A test by ./ops alert-test: ${severity} alerts arrive here. Nothing is wrong.` },
    endsAt,
  }))
  const body = JSON.stringify(alerts)
  const { status, text } = await ask(`${address}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  if (status !== 200) throw new Error(`Alertmanager did not take the alerts: ${status} ${text.slice(0, 200)}`)
  const giveUpAt = Date.now() + withinMs
  for (;;) {
    const now = await count(address)
    const since = { sent: now.sent - before.sent, failed: now.failed - before.failed }
    if (since.sent >= severities.length || since.failed > 0 || Date.now() > giveUpAt) return since
    await delay(lookEveryMs)
  }
}
