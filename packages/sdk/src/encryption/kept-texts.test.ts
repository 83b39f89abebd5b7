import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryVault } from '@secureconnect/e2ee/groups'
import { createKeptTexts } from './kept-texts.ts'

async function keep(
  texts: ReturnType<typeof createKeptTexts>,
  vault: ReturnType<typeof createMemoryVault>,
  name: string,
  size = 10,
) {
  await vault.write(await texts.toChanges(`text:harbour:${name}`, new Uint8Array(size)))
}

const listKept = async (vault: ReturnType<typeof createMemoryVault>) =>
  (await vault.list('text:')).map((key) => key.slice('text:harbour:'.length))

test('of what was read the newest is kept, so many texts and bytes, also after a reload', async () => {
  const vault = createMemoryVault()
  const bounds = { texts: 3, bytes: 100 }
  const texts = createKeptTexts(vault, bounds)
  for (const name of ['one', 'two', 'three', 'four']) await keep(texts, vault, name)
  assert.deepEqual(await listKept(vault), ['two', 'three', 'four'])
  const again = createKeptTexts(vault, bounds)
  await keep(again, vault, 'five')
  assert.deepEqual(await listKept(vault), ['three', 'four', 'five'])
  await keep(again, vault, 'large', 85)
  assert.deepEqual(await listKept(vault), ['five', 'large'])
  assert.equal((await vault.list('')).length, 4)
})
