import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../test/create-folder.ts'
import { DataFolder } from './data-folder.ts'

const pidFile = 'secureconnect.pid'

function createPath(t: TestContext): string {
  return join(createFolder(t), 'data')
}

test('a folder that is taken says who holds it, and is free once he gave it back', (t) => {
  const path = createPath(t)
  {
    using _first = DataFolder.claim(path)
    assert.throws(() => DataFolder.claim(path), {
      message: new RegExp(
        `^${path} is in use by process ${process.pid}, running since \\S+Z: .*--data.*--port-base\\.$`,
      ),
    })
  }
  using second = DataFolder.claim(path)
  assert.equal(second.path, path)
})

test('what a process that was killed left behind keeps nobody out, whatever it says', (t) => {
  for (const left of ['1', String(process.pid), '999999999', '', 'not a number']) {
    const path = createPath(t)
    mkdirSync(path)
    writeFileSync(join(path, 'secureconnect.lock'), '')
    writeFileSync(join(path, pidFile), left)
    using _folder = DataFolder.claim(path)
    assert.equal(readFileSync(join(path, pidFile), 'utf8'), String(process.pid))
  }
})

test('a folder that is taken is refused also while its holder has not yet said who he is', (t) => {
  const path = createPath(t)
  using _first = DataFolder.claim(path)
  rmSync(join(path, pidFile))
  assert.throws(() => DataFolder.claim(path), /is in use by another process, which starts or stops just now: /)
})

test('clearing deletes all data and lets nobody in meanwhile', (t) => {
  const path = createPath(t)
  using folder = DataFolder.claim(path)
  assert.equal(folder.isEmpty(), true)
  mkdirSync(join(path, 'sql', 'base'), { recursive: true })
  writeFileSync(join(path, 'sql', 'base', 'table'), 'rows')
  writeFileSync(join(path, 'secureconnect.log'), 'line\n')
  assert.equal(folder.isEmpty(), false)
  folder.clear()
  assert.equal(folder.isEmpty(), true)
  assert.throws(() => DataFolder.claim(path), /in use by process/)
})

test('a folder with other things in it is refused and left as it was', (t) => {
  const path = createFolder(t)
  for (const name of ['secrets', 'sql', 'mail']) mkdirSync(join(path, name))
  const before = readdirSync(path)
  assert.throws(() => DataFolder.claim(path), /holds other things than the data of SecureConnect: .*--data\.$/)
  assert.deepEqual(readdirSync(path), before)
})

test('a folder that cannot be made or used is refused with one sentence', (t) => {
  const folder = createFolder(t)
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const damaged = join(folder, 'damaged')
  mkdirSync(damaged)
  writeFileSync(join(damaged, 'secureconnect.lock'), 'this is no lock of ours')
  for (const path of [file, join(file, 'below'), join(folder, 'missing', 'below'), damaged]) {
    assert.throws(() => DataFolder.claim(path), /^Error: The data cannot be kept in [^\n]+--data\.$/, path)
  }
  assert.equal(existsSync(join(folder, 'missing')), false)
})
