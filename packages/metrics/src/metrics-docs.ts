import { serviceNames } from '@secureconnect/protocol'
import { families } from './families/index.ts'
import type { Family } from './family.ts'
import { runtimeFamilies } from './runtime-families.ts'

const opening = `# Metrics
Generated from \`packages/metrics/src/families\` by \`npm run generate\`: edit there.

Every service answers \`GET /metrics\` in Prometheus' text format, with the label \`service\` on everything.
\`endpoint\` is a route template, never a raw path; no label holds an id.
`

const ofRuntime = `
## The process and Node
As prom-client has them; on other systems than Linux some of the process are missing.
`

const head = ['| metric | type | labels | services | what it tells |', '| --- | --- | --- | --- | --- |']

function writeTable(families: readonly Family[]): string {
  return [...head, ...families.map((family) => `| ${describe(family).join(' | ')} |`)].join('\n')
}

/** Every family of metrics in Markdown: ours, then those that every process of Node has. */
export function writeMetricsDocs(): string {
  const parts = [opening, writeTable(Object.values<Family>(families)), ofRuntime, writeTable(runtimeFamilies)]
  return `${parts.join('\n')}\n`
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
