import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { until } from '@secureconnect/test/helpers'
import { runLeashed } from './run-leashed.ts'

const never = new AbortController().signal
const usual = { cwd: '/', signal: never, stallMs: 60_000 }
const sh = (script: string) => ['/bin/sh', '-c', script]
const lives = (pid: string | undefined) => existsSync(`/proc/${pid}`)

test('a program that fails says why, and one that gets no further is ended', async () => {
  await runLeashed(sh('exit 0'), usual)
  await assert.rejects(runLeashed(sh('echo because >&2; exit 3'), usual), /ended with 3: \nbecause/)
  const endless = 'while sleep 0.05; do echo speed=1; echo out_time_us=7; done'
  await assert.rejects(runLeashed(sh(endless), { ...usual, stallMs: 300 }), /got no further/)
})

test('it is ended as soon as nobody wants it any more', async () => {
  const stopping = new AbortController()
  let pid: string | undefined
  const onLine = (line: string) => {
    pid = line
    stopping.abort(new Error('enough'))
  }
  const running = runLeashed(sh('echo $$; exec sleep 60'), { ...usual, signal: stopping.signal, onLine })
  await assert.rejects(running, /enough/)
  assert.ok(pid && !lives(pid))
})

test('it ends with the process that runs it, however that ends', async () => {
  const module = JSON.stringify(import.meta.resolve('./run-leashed.ts'))
  const script = `
    import { runLeashed } from ${module}
    const signal = new AbortController().signal
    const onLine = (line) => process.stdout.write(line)
    await runLeashed(['/bin/sh', '-c', 'echo $$; exec sleep 60'], { cwd: '/', signal, stallMs: 60_000, onLine })`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(parent.stdout, 'data')
  const pid = String(line)
  assert.ok(lives(pid))
  parent.kill('SIGKILL')
  await until('the program is gone', () => !lives(pid))
})
