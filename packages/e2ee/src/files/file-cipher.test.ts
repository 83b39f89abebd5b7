import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFileCipher, newKey } from './file-cipher.ts'

test('a chunk opens at its own place alone, and as the last one only if it is that: before the whole file is there', async () => {
  const key = newKey()
  const sealing = await createFileCipher(key)
  const same = new Uint8Array(100)
  const [first, second] = [await sealing.seal(same, false), await sealing.seal(same, true)]
  assert.notDeepEqual(first, second)
  const opening = await createFileCipher(key)
  assert.deepEqual(await opening.open(first, false), same)
  assert.deepEqual(await opening.open(second, true), same)
  const open = async (sealed: typeof first, isLast: boolean) => (await createFileCipher(key)).open(sealed, isLast)
  await assert.rejects(open(second, true))
  await assert.rejects(open(second, false))
  await assert.rejects(open(first, true))
  assert.deepEqual(await open(first, false), same)
})
