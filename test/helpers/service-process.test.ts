import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { surroundings } from './config.ts'
import { until } from './until.ts'

/** Starts a process in the place of a service, says which, and goes on for as long as that does. */
const starter = `
  import { ServiceProcess } from '${import.meta.resolve('./service-process.ts')}'
  const { child } = new ServiceProcess('auth-service', {}, ['--eval', 'setInterval(() => {}, 1_000)'])
  console.log(child.pid)`

test('services that somebody started end when he is told to', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', starter], {
    env: surroundings,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [pid] = await once(parent.stdout.setEncoding('utf8'), 'data')
  const isThere = () => existsSync(`/proc/${Number(pid)}/task`)
  assert.ok(isThere())
  parent.kill('SIGTERM')
  assert.deepEqual(await once(parent, 'exit'), [null, 'SIGTERM'])
  await until('the service is gone', () => !isThere())
})
