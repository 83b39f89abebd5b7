import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { consumers, listReaders } from './consumers.ts'

const folder = join(import.meta.dirname, '../../../secrets.example')
const examples = readdirSync(folder)
  .filter((file) => file.endsWith('.example'))
  .map((file) => file.slice(0, -'.example'.length))

test('every secret that somebody reads is explained in secrets.example, with who reads it, and nothing else is', () => {
  const read = new Set(Object.values(consumers).flatMap(({ secrets }) => secrets))
  assert.deepEqual(
    [...read].filter((name) => !examples.includes(name)),
    [],
  )
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  for (const name of examples) {
    const readers = listReaders(name).join(', ') || 'no container'
    const example = readFileSync(join(folder, `${name}.example`), 'utf8')
    assert.match(example, new RegExp(`^Who reads it: ${readers}$`, 'm'), name)
    assert.ok(readme.includes(`| [${name}](${name}.example) | ${readers} |`), `README.md: | ${name} | ${readers} |`)
  }
})

test('every certificate is good for a name that others reach it by, and for its own container', () => {
  const place = { domain: 'chat.example.org', filesDomain: 'files.example.org', publicIp: '203.0.113.7' }
  for (const [service, { certificateNames }] of Object.entries(consumers)) {
    const names = certificateNames?.(place)
    if (names === undefined) continue
    assert.ok(names.includes(service) && names.includes('localhost'), service)
    assert.equal(new Set(names).size, names.length, service)
  }
})
