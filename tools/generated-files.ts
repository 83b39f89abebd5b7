import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { writeMetricsDocs } from '../packages/metrics/src/metrics-docs.ts'
import { buildAsyncApi } from '../packages/protocol/src/asyncapi.ts'
import { buildOpenApi } from '../packages/protocol/src/openapi.ts'
import { writeProtocolDocs } from '../packages/protocol/src/protocol-docs.ts'
import { writeResilienceDocs } from '../test/chaos/resilience-docs.ts'
import { bundleTypebox } from './bundle-typebox.ts'
import { writeSdkContract } from './sdk-contract.ts'
import { dashboardFiles } from './watching/dashboards/index.ts'
import { writeSloRules } from './watching/slo-rules.ts'

export const root = join(import.meta.dirname, '..')

/** Every file that is written from code, with its content as it should be. */
export const generatedFiles: Readonly<Record<string, string>> = {
  'docs/openapi.json': `${JSON.stringify(buildOpenApi({ version: manifest.version }), undefined, 2)}\n`,
  'docs/asyncapi.json': `${JSON.stringify(buildAsyncApi({ version: manifest.version }), undefined, 2)}\n`,
  'docs/protocol.md': writeProtocolDocs(),
  'docs/metrics.md': writeMetricsDocs(),
  'docs/resilience.md': writeResilienceDocs(),
  'configs/prometheus/rules/slo.yml': writeSloRules(root),
  ...dashboardFiles,
  'packages/sdk/src/contract.ts': writeSdkContract(),
  'packages/typebox/bundle.js': bundleTypebox(),
}

/** The generated files that are missing or differ from what the code says now. */
export async function listStaleFiles(): Promise<string[]> {
  const stale: string[] = []
  for (const [path, content] of Object.entries(generatedFiles)) {
    const present = await readFile(join(root, path), 'utf8').catch(() => undefined)
    if (present !== content) stale.push(path)
  }
  return stale
}
