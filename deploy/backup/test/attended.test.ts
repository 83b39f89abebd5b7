import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { surroundings } from '@secureconnect/test/helpers'
import { oneAtATime } from '../src/one-at-a-time.ts'

const key = randomBytes(32).toString('hex')
const program = join(import.meta.dirname, '../index.ts')

/** Asks for the sets while another backup is under way, and answers with what the program says while it waits. */
async function startWaiting(...words: string[]) {
  const env = { ...surroundings, BACKUP_KEY: key, DB_PASSWORD: key }
  const child = spawn(process.execPath, [program, ...words, 'list'], { env, stdio: 'pipe' })
  const ended = once(child, 'exit')
  const [line] = await once(createInterface(child.stderr), 'line')
  assert.match(line, /waiting for its end/)
  return { child, ended }
}

test('a program that was asked for by somebody ends with him, and one that was not goes on', async () => {
  await oneAtATime(async () => {
    const [attended, alone] = await Promise.all([startWaiting('--attended'), startWaiting()])
    attended.child.stdin.end()
    alone.child.stdin.end()
    assert.deepEqual(await attended.ended, [1, null])
    assert.equal(alone.child.exitCode, null)
    alone.child.kill('SIGTERM')
    assert.deepEqual(await alone.ended, [0, null])
  })
})
