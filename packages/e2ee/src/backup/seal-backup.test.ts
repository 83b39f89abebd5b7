import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import {
  type BackupKeys,
  createKdf,
  createPassphrase,
  deriveBackupKeys,
  isStrong,
  openBackup,
  sealBackup,
} from './index.ts'

const userId = 'ada'
const contents = new TextEncoder().encode('all that she has read')

suite('a key backup', () => {
  const kdf = createKdf()
  let keys: BackupKeys
  let others: BackupKeys
  before(async () => {
    ;[keys, others] = await Promise.all([deriveBackupKeys('Ångström 12 boats', kdf), deriveBackupKeys('another', kdf)])
  })

  test('opens with the passphrase that it was sealed with, however that is typed, and with no other', async () => {
    const sealed = await sealBackup(contents, { keys, userId })
    const typed = await deriveBackupKeys('A\u030Angstro\u0308m 12 boats', kdf)
    assert.equal(typed.proof, keys.proof)
    assert.deepEqual(await openBackup(sealed, { keys: typed, userId }), contents)
    await assert.rejects(openBackup(sealed, { keys: others, userId }), { name: 'TamperedError' })
    assert.notEqual(others.proof, keys.proof)
  })

  test('is nobody else’s, and not opened where anything of it was changed', async () => {
    const sealed = await sealBackup(contents, { keys, userId })
    await assert.rejects(openBackup(sealed, { keys, userId: 'eve' }), { name: 'TamperedError' })
    const bytes = Buffer.from(sealed, 'base64')
    for (const at of [0, 5, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      await assert.rejects(openBackup(changed.toString('base64'), { keys, userId }), { name: 'TamperedError' })
    }
    assert.notEqual(await sealBackup(contents, { keys, userId }), sealed)
  })

  test('is made by no cheaper way that a service names', async () => {
    const [kind, , salt] = kdf.split(':')
    for (const wrong of [
      `${kind}:1:${salt}`,
      `${kind}:1e12:${salt}`,
      `md5:1000000:${salt}`,
      `${kind}:1000000:AAAA`,
      '',
    ])
      await assert.rejects(deriveBackupKeys('words', wrong), { name: 'TamperedError' }, wrong)
  })
})

test('passphrases that we make are all different, and can be read aloud', () => {
  const made = Array.from({ length: 100 }, createPassphrase)
  assert.equal(new Set(made).size, 100)
  assert.ok(made.every(isStrong))
  for (const one of made) assert.match(one, /^([a-hjkmnp-z2-9]{4}-){5}[a-hjkmnp-z2-9]{4}$/)
})

test('a passphrase that is short, or of few letters, is no strong one', () => {
  for (const weak of ['', 'seven harbours', 'abababababababababab', 'aaaaaaaaaaaaaaaa'])
    assert.equal(isStrong(weak), false, weak)
  for (const strong of ['seven quiet harbours', 'Ångström 12 boats!']) assert.equal(isStrong(strong), true, strong)
})
