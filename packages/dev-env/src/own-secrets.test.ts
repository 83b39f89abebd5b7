import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createFolder } from '../test/create-folder.ts'
import { ensureSecrets } from './own-secrets.ts'

function readAll(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

test('secrets are made once, each readable by its owner alone, and kept', (t) => {
  const folder = createFolder(t)
  const path = ensureSecrets(folder)
  const secrets = readAll(path)
  assert.equal(new Set(Object.values(secrets)).size, Object.keys(secrets).length)
  for (const name of Object.keys(secrets)) assert.equal(statSync(join(path, name)).mode & 0o777, 0o600, name)
  ensureSecrets(folder)
  assert.deepEqual(readAll(path), secrets)
})

test('a secret whose writing was cut short is made anew, and the whole ones stay', (t) => {
  const folder = createFolder(t)
  const path = ensureSecrets(folder)
  const { refresh_key: lost, ...kept } = readAll(path)
  rmSync(join(path, 'refresh_key'))
  writeFileSync(join(path, 'refresh_key.partial'), 'cut sh')
  ensureSecrets(folder)
  const { refresh_key: made, ...others } = readAll(path)
  assert.deepEqual(others, kept)
  assert.equal(made?.length, lost?.length)
})
