import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { allOperations } from '@secureconnect/protocol'

const root = join(import.meta.dirname, '../..')
const page = join(root, 'docs/security-map.md')

/** The rows of docs/security-map.md: a requirement, and the test that holds it. */
function readRows() {
  const rows = readFileSync(page, 'utf8').matchAll(/^\| ([\d., ]+) \| [^|]+ \| \[[^\]]+\]\(([^)]+)\) \| (.+) \|$/gm)
  return [...rows].map(([, item = '', path = '', name = '']) => ({ item, path, name }))
}

test('every test that the map of ASVS names is there', () => {
  const rows = readRows()
  assert.ok(rows.length > 60, 'the map is read')
  for (const { item, path, name } of rows) {
    const source = readFileSync(join(dirname(page), path), 'utf8')
    assert.ok(source.includes(name), `${item}: ${path} has no test "${name}"`)
  }
})

test('every service that has operations tries each of them as everybody who may come along', () => {
  for (const service of new Set(allOperations.map((operation) => operation.service))) {
    const folder = service.replace('-service', '')
    const source = readFileSync(join(root, `services/${folder}/test/authorisation.test.ts`), 'utf8')
    assert.ok(source.includes(`allOperations.filter(({ service }) => service === '${service}')`), service)
    assert.ok(source.includes('for (const operation of own)'), service)
  }
})
