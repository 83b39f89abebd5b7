import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { LogFile } from './log-file.ts'

test('a line that comes after the end is dropped, and ends nothing', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const log = new LogFile(join(folder, 'system.log'))
  log.write('in time\n')
  log[Symbol.dispose]()
  log.write('late\n')
  assert.equal(readFileSync(log.path, 'utf8'), 'in time\n')
})
