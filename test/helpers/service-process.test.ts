import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { surroundings } from './config.ts'
import { until } from './until.ts'

/** Starts a process in the place of a service, says which, and goes on for as long as that does, or until it is left alone. */
const starter = `
  import { ServiceProcess } from '${import.meta.resolve('./service-process.ts')}'
  const { child } = new ServiceProcess('auth-service', {}, ['--eval', 'setInterval(() => {}, 1_000)'])
  process.stdin.resume().once('end', () => process.exit(0))
  console.log(child.pid)`

const ends: [how: string, act: (parent: ChildProcess) => void, as: unknown[]][] = [
  ['is told to', (parent) => parent.kill('SIGTERM'), [null, 'SIGTERM']],
  ['ends by himself', (parent) => parent.stdin?.end(), [0, null]],
]
for (const [how, act, as] of ends) {
  test(`services that somebody started end when he ${how}`, async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', starter], {
      env: surroundings,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [pid] = await once(parent.stdout.setEncoding('utf8'), 'data')
    const isThere = () => existsSync(`/proc/${Number(pid)}/task`)
    assert.ok(isThere())
    act(parent)
    assert.deepEqual(await once(parent, 'exit'), as)
    await until('the service is gone', () => !isThere())
  })
}
