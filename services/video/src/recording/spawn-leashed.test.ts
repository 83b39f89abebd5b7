import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)

test('where a program cannot be started for want of open files that is told, and the process lives on', async () => {
  const module = JSON.stringify(import.meta.resolve('./spawn-leashed.ts'))
  const script = `
    import { openSync } from 'node:fs'
    import { setTimeout as delay } from 'node:timers/promises'
    import { spawnLeashed } from ${module}
    try { for (;;) openSync('/dev/null') } catch {}
    try { spawnLeashed(['true']) } catch (error) { process.stdout.write(error.message) }
    await delay(50)
    process.stdout.write(' and on')`
  const command = 'ulimit -n 64; exec "$@"'
  const node = [process.execPath, '--input-type=module', '-e', script]
  const { stdout } = await run('/bin/sh', ['-c', command, 'sh', ...node])
  assert.match(stdout, /^no program can be started.* and on$/)
})
