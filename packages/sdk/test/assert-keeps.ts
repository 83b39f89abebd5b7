import assert from 'node:assert/strict'
import type { Storage } from '../src/index.ts'

/** What every storage does, with keys that are awkward for files. */
export async function assertKeeps(storage: Storage): Promise<void> {
  await storage.write('send:ada:1/../%2f', 'one')
  await storage.write('send:ada:2', 'two')
  await storage.write('send:ada:2', 'two again')
  await storage.write('send:ada-lovelace:3', 'three')
  await storage.remove('send:nobody')
  assert.deepEqual((await storage.list('send:ada:')).toSorted(), ['one', 'two again'])
  await storage.remove('send:ada:2')
  assert.deepEqual(await storage.list('send:ada:'), ['one'])
  assert.deepEqual((await storage.list('')).toSorted(), ['one', 'three'])
}
