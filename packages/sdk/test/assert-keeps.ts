import assert from 'node:assert/strict'
import type { Storage } from '../src/index.ts'

/** What every storage does, with keys that are awkward for files. */
export async function assertKeeps(storage: Storage): Promise<void> {
  await storage.write('send:ada:1/../%2f', 'one')
  await storage.write('send:ada:2', 'two')
  await storage.write('send:ada:2', 'two again')
  await storage.write('send:ada-lovelace:3', 'three')
  await storage.write('send:ada:3', 'four')
  await storage.write('send:ada:3.new', 'five')
  await storage.remove('send:nobody')
  const kept = async (prefix: string) => Object.fromEntries(await storage.list(prefix))
  const others = { 'send:ada:1/../%2f': 'one', 'send:ada:3': 'four', 'send:ada:3.new': 'five' }
  assert.deepEqual(await kept('send:ada:'), { ...others, 'send:ada:2': 'two again' })
  await storage.remove('send:ada:2')
  assert.deepEqual(await kept('send:ada:'), others)
  assert.deepEqual(await kept(''), { ...others, 'send:ada-lovelace:3': 'three' })
}
