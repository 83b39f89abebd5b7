import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { startSystem } from './system.ts'

const folder = join(import.meta.dirname, '..')

test('the ten lines to a first message that the README shows do what it says', async (t) => {
  const address = await startSystem(t)
  const [, printed = ''] =
    /## To a first message[\s\S]*?```ts\n([\s\S]*?)```/.exec(readFileSync(join(folder, 'README.md'), 'utf8')) ?? []
  assert.ok(printed.split('\n').filter((line) => line !== '').length <= 10)
  assert.ok(printed.includes('http://localhost:8080'))
  const program = printed.replace('http://localhost:8080', address)
  const child = spawn(process.execPath, ['--input-type=module-typescript'], { cwd: folder, stdio: 'pipe' })
  t.after(() => child.kill('SIGKILL'))
  child.stdin.end(program)
  const failure = text(child.stderr)
  // It goes on to listen, so it does not end by itself unless something is wrong.
  const heard = await Promise.race([once(child.stdout, 'data').then(String), failure])
  assert.equal(heard, 'Hello\n')
})
