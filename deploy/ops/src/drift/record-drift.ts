import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../write-whole.ts'

/** Told to Prometheus through a file that node-exporter reads: how much there is, and when it was looked for. */
export function recordDrift(root: string, count: number): void {
  const folder = join(root, 'state/metrics')
  mkdirSync(folder, { recursive: true })
  const seconds = Math.round(Date.now() / 1_000)
  const lines = [
    '# HELP config_drift_findings In how much what runs is not what the compose file says',
    '# TYPE config_drift_findings gauge',
    `config_drift_findings ${count}`,
    '# HELP config_drift_looked_timestamp_seconds When that was looked for',
    '# TYPE config_drift_looked_timestamp_seconds gauge',
    `config_drift_looked_timestamp_seconds ${seconds}`,
  ]
  writeWhole(join(folder, 'drift.prom'), `${lines.join('\n')}\n`, { mode: 0o644 })
}
