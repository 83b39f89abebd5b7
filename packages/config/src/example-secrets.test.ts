import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseConfig } from './parse-config.ts'
import { secret } from './secret.ts'

const folder = join(import.meta.dirname, '../../../secrets.example')
const examples = readdirSync(folder).filter((name) => name !== 'README.md')

test('no file of secrets.example can be used as a secret, and each says what it is for', (t) => {
  const copies = mkdtempSync(join(tmpdir(), 'secrets-'))
  t.after(() => rmSync(copies, { recursive: true }))
  assert.ok(examples.length > 20)
  for (const name of examples) {
    const text = readFileSync(join(folder, name), 'utf8')
    assert.match(text, /^Example only: .+\nWhat it is: .+\nHow to make it: .+\nWho reads it: .+\n$/, name)
    const copy = join(copies, name)
    writeFileSync(copy, text, { mode: 0o600 })
    const read = () => parseConfig({ it: secret(1) }, { env: { IT_FILE: copy } })
    assert.throws(read, /IT holds a default or example value/, name)
  }
})
