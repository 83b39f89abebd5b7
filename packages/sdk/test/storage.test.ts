import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createMemoryStorage } from '../src/index.ts'
import { openFileStorage } from '../src/node.ts'
import { assertKeeps } from './assert-keeps.ts'
import { createFolder } from './system.ts'

test('memory, files and the browser keep texts by key, and list them by how the key begins', async (t) => {
  const folder = createFolder(t)
  await assertKeeps(createMemoryStorage())
  await assertKeeps(await openFileStorage(join(folder, 'files')))
  const flags = ['--experimental-webstorage', `--localstorage-file=${join(folder, 'browser')}`]
  execFileSync(process.execPath, [...flags, join(import.meta.dirname, 'browser-storage.ts')], { stdio: 'pipe' })
})

test('files are for their owner alone, and one that was not finished, or is not ours, is not taken for one', async (t) => {
  const folder = join(createFolder(t), 'files')
  const storage = await openFileStorage(folder)
  await storage.write('session', 'whole')
  writeFileSync(join(folder, 'session@new'), 'ha')
  writeFileSync(join(folder, 'session%'), 'ha')
  assert.deepEqual(await storage.list('session'), new Map([['session', 'whole']]))
  for (const name of readdirSync(folder).filter((each) => each === 'session')) {
    assert.equal(statSync(join(folder, name)).mode & 0o077, 0)
  }
  assert.equal(statSync(folder).mode & 0o077, 0)
})

test('what was half written when a process was killed is gone once the storage is opened again, and nothing else', async (t) => {
  const folder = join(createFolder(t), 'files')
  await (await openFileStorage(folder)).write('queue:1', 'whole')
  for (const name of ['queue%3A1@new', 'queue%3A2@new', 'not ours@new']) writeFileSync(join(folder, name), 'ha')
  const storage = await openFileStorage(folder)
  assert.deepEqual(readdirSync(folder).toSorted(), ['not ours@new', 'queue%3A1'])
  assert.deepEqual(await storage.list('queue'), new Map([['queue:1', 'whole']]))
})
