import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryVault } from '@secureconnect/e2ee/groups'
import { collectContents, restoreContents } from './backup-contents.ts'
import { createKeptTexts } from './kept-texts.ts'

type Texts = ReturnType<typeof createKeptTexts>
type Vault = ReturnType<typeof createMemoryVault>
type Read = { size?: number; messageId?: string; until?: number }

async function keep(texts: Texts, vault: Vault, name: string, { size = 10, messageId = name, until = 0 }: Read = {}) {
  await vault.write(await texts.toChanges(`text:harbour:${name}`, new Uint8Array(size).fill(120), { messageId, until }))
}

const listKept = async (vault: Vault) => (await vault.list('text:')).map((key) => key.slice('text:harbour:'.length))

test('of what was read the newest is kept, so many texts and bytes, also after a reload', async () => {
  const vault = createMemoryVault()
  let time = 0
  const bounds = { texts: 3, bytes: 100, now: () => time++ }
  const texts = createKeptTexts(vault, bounds)
  for (const name of ['one', 'two', 'three', 'four']) await keep(texts, vault, name)
  assert.deepEqual(await listKept(vault), ['two', 'three', 'four'])
  const again = createKeptTexts(vault, bounds)
  await keep(again, vault, 'five')
  assert.deepEqual(await listKept(vault), ['three', 'four', 'five'])
  await keep(again, vault, 'large', { size: 85 })
  assert.deepEqual(await listKept(vault), ['five', 'large'])
  assert.equal((await vault.list('')).length, 4)
})

test('what a message said goes with it, however often it was edited, and when it expires, also after a reload', async () => {
  const vault = createMemoryVault()
  let time = 1
  const bounds = { texts: 9, bytes: 999, now: () => time }
  const texts = createKeptTexts(vault, bounds)
  await keep(texts, vault, 'first', { messageId: 'edited' })
  await keep(texts, vault, 'second', { messageId: 'edited' })
  await keep(texts, vault, 'fleeting', { until: 500 })
  await keep(texts, vault, 'own', { messageId: '' })
  await keep(texts, vault, 'stays')
  await texts.note('text:harbour:own', { messageId: 'own', until: 0 })
  const again = createKeptTexts(vault, bounds)
  await again.forgetMessage('edited')
  await again.forgetMessage('own')
  assert.deepEqual(await listKept(vault), ['fleeting', 'stays'])
  time = 500
  assert.equal(await again.find('text:harbour:fleeting'), 'gone')
  await again.forgetExpired()
  assert.deepEqual(await listKept(vault), ['stays'])
  assert.equal(await createKeptTexts(vault, bounds).find('text:harbour:first'), 'gone')
  assert.equal(await again.find('text:harbour:never'), undefined)
})

test('a backup brings back what was read, and nothing that was deleted or has expired meanwhile', async () => {
  const [vault, other] = [createMemoryVault(), createMemoryVault()]
  let time = 1
  const bounds = { texts: 9, bytes: 999, now: () => time++ }
  const [texts, elsewhere] = [createKeptTexts(vault, bounds), createKeptTexts(other, bounds)]
  for (const name of ['deleted', 'stays']) await keep(texts, vault, name)
  await keep(texts, vault, 'fleeting', { until: 500 })
  const backup = await collectContents(vault, texts)
  await texts.forgetMessage('deleted')
  time = 500
  await restoreContents(vault, texts, backup)
  await texts.forgetExpired()
  assert.deepEqual(await listKept(vault), ['stays'])
  await restoreContents(other, elsewhere, backup)
  await elsewhere.forgetMessage('deleted')
  assert.deepEqual(await listKept(other), ['stays'])
  assert.equal((await collectContents(vault, texts)).includes('deleted'), false)
})
