import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sendTestAlerts } from '../alerting/send-test-alerts.ts'
import type { Command } from '../command.ts'
import { showLogs } from '../docker/show-logs.ts'
import { Fault } from '../fault.ts'

const address = 'http://127.0.0.1:9093'
const severities = ['critical', 'warning'] as const
/** Alertmanager waits 15 s for alerts that belong together, and tries a receiver again for a while. */
const withinMs = 90_000
const lookEveryMs = 1_000

const logs = showLogs('alertmanager')

function assertReceivers(root: string): void {
  const missing = severities
    .map((severity) => `alert_${severity}_url`)
    .filter((name) => !existsSync(join(root, 'secrets', name)))
  if (missing.length === 0) return
  throw new Fault(
    `Alerts have nobody to go to, without secrets/${missing.join(' and secrets/')}.`,
    'Put the address of a webhook into each, run ./ops init, then ./ops up.',
  )
}

export const alertTest: Command = {
  name: 'alert-test',
  summary: 'sends a critical alert and a warning, and tells whether they left',
  help: `Gives Alertmanager one test alert of each severity, and waits until it has brought them to their receivers, or failed to:
half a minute. That they left does not yet mean that somebody was woken: look there.

  ./ops alert-test`,
  options: {},
  run: async (_said, { root, output }) => {
    assertReceivers(root)
    output.tell('Sending a critical alert and a warning …')
    const { sent, failed } = await sendTestAlerts({ address, severities, withinMs, lookEveryMs })
    if (failed > 0)
      throw new Fault(`A receiver did not take its alert: ${failed} notifications failed.`, `Why: ${logs}`)
    if (sent < severities.length)
      throw new Fault(
        `Only ${sent} of ${severities.length} notifications left within ${withinMs / 1_000} s.`,
        `Why: ${logs}`,
      )
    output.print('Both left. Look whether they arrived: "OpsAlertTest", one critical and one warning.')
    return 0
  },
}
