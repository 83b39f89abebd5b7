import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFindings } from './findings.ts'
import { parts } from './scripts/index.ts'

test('what docs/resilience.md tells is of scripts that are there', () => {
  const tried = readFindings().flatMap(({ part, findings }) => findings.map(({ fault }) => `${part}: ${fault}`))
  const scripts = new Set(parts.flatMap(({ name, scripts }) => scripts.map(({ fault }) => `${name}: ${fault}`)))
  const gone = tried.filter((name) => !scripts.has(name))
  assert.deepEqual(gone, [], 'npm run chaos -- --only PART, for each part that changed')
})
