import { serviceNames } from '@secureconnect/protocol'
import { families } from './families/index.ts'
import type { Family } from './family.ts'

const opening = `# Metrics
Generated from \`packages/metrics/src/families\` by \`npm run generate\`: edit there.

Every service answers \`GET /metrics\` in Prometheus' text format, with the label \`service\` on everything and the usual
process and Node runtime metrics beside these. \`endpoint\` is a route template, never a raw path; no label holds an id.
`

/** Every family of metrics as a table in Markdown. */
export function writeMetricsDocs(): string {
  const rows = Object.values<Family>(families).map((family) => `| ${describe(family).join(' | ')} |`)
  const head = ['| metric | type | labels | services | what it tells |', '| --- | --- | --- | --- | --- |']
  return `${[opening, ...head, ...rows].join('\n')}\n`
}

function describe({ name, kind, labels, services, help }: Family): readonly string[] {
  return [`\`${name}\``, kind, labels.join(', ') || '-', listServices(services), help]
}

function listServices(services: Family['services']): string {
  if (services.length === 0) return 'the ops tool'
  if (services.length === serviceNames.length) return 'all'
  const missing = serviceNames.filter((name) => !services.includes(name))
  return missing.length === 1 ? `all but ${missing[0]}` : services.join(', ')
}
