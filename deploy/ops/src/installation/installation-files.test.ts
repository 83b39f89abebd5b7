import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createRoot } from '../../test/try-ops.ts'
import { parseInstallation, readInstallationFiles } from './installation-files.ts'

test('what makes an installation is kept, with neither the copies of containers nor what can be made anew', () => {
  const root = createRoot(after)
  for (const folder of ['tls', 'nginx', 'redis']) mkdirSync(join(root, 'secrets', folder), { recursive: true })
  const kept = ['.env', 'secrets/.backup_key_kept', 'secrets/db_password', 'secrets/tls/ca_key.pem']
  const others = ['secrets/.lock', 'secrets/.db_password.next', 'secrets/redis/db_password', 'secrets/nginx/tls_ca.pem']
  for (const path of [...kept, ...others]) writeFileSync(join(root, path), path, { mode: 0o600 })
  const { files } = parseInstallation(JSON.stringify(readInstallationFiles(root)))
  assert.deepEqual(
    files.map(({ path, content, mode }) => [path, content, mode]),
    kept.map((path) => [path, path, 0o600]),
  )
})

test('a set that names a path elsewhere is refused', () => {
  for (const path of ['../.env', 'secrets/../../x', '/etc/passwd', 'secrets/redis/db_password', 'ops'])
    assert.throws(() => parseInstallation(JSON.stringify({ files: [{ path, mode: 0o600, content: '' }] })), path)
})
