import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Guard } from './guard.ts'

type Owned = { folder: string; pids: number[] }

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // No such process.
    return false
  }
}

async function startOwner(t: TestContext): Promise<{ owner: ChildProcess; owned: Owned }> {
  const owner = fork(join(import.meta.dirname, 'fixtures/owner.ts'))
  t.after(() => owner.kill('SIGKILL'))
  const [owned]: Owned[] = await once(owner, 'message')
  assert.ok(owned)
  return { owner, owned }
}

async function assertNothingIsLeft({ folder, pids }: Owned): Promise<void> {
  const deadline = Date.now() + 5_000
  while ((existsSync(folder) || pids.some(isRunning)) && Date.now() < deadline) await sleep(20)
  assert.deepEqual(pids.filter(isRunning), [])
  assert.ok(!existsSync(folder), `${folder} is left`)
}

for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
  test(`servers end and their files go when their owner ends by ${signal}`, async (t) => {
    const { owner, owned } = await startOwner(t)
    assert.ok(existsSync(owned.folder))
    assert.deepEqual(owned.pids.filter(isRunning), owned.pids)
    owner.kill(signal)
    await assertNothingIsLeft(owned)
  })
}

test('a frozen server ends with its owner, too', async (t) => {
  const { owner, owned } = await startOwner(t)
  for (const pid of owned.pids) process.kill(pid, 'SIGSTOP')
  owner.kill('SIGKILL')
  await assertNothingIsLeft(owned)
})

test('a program that cannot be started says so', async (t) => {
  const guard = await Guard.create()
  t.after(() => guard.close())
  const logFile = join(await guard.createFolder('log'), 'log')
  await assert.rejects(guard.start({ file: '/nowhere', args: [], logFile }), /ENOENT/)
  await assert.rejects(guard.run({ file: process.execPath, args: ['-e', 'process.exit(3)'], logFile }), /exit code 3/)
})
