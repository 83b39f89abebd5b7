import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { families } from './families/index.ts'
import { writeMetricsDocs } from './metrics-docs.ts'

const rows = writeMetricsDocs().split('\n')

test('every family has one row with its type, labels and services', () => {
  for (const { name } of Object.values(families)) {
    assert.equal(rows.filter((row) => row.startsWith(`| \`${name}\` |`)).length, 1, name)
  }
  assert.ok(rows.includes('| `http_requests_total` | counter | method, endpoint, status | all | Answered requests |'))
  assert.ok(rows.some((row) => row.startsWith('| `outbox_pending` | gauge | topic | all but api-gateway |')))
  assert.ok(rows.some((row) => row.startsWith('| `config_drift_findings` | gauge | - | the ops tool |')))
})

test('docs/metrics.md is what the families say; if not, run `npm run generate`', async () => {
  const path = new URL('../../../docs/metrics.md', import.meta.url)
  assert.equal(await readFile(path, 'utf8'), writeMetricsDocs())
})
