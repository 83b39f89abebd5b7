import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { on, once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'

const root = join(import.meta.dirname, '..')

/** A program that works until it is asked to stop, and takes a moment to do so. */
const patientProgram = `#!/usr/bin/env node
const working = setInterval(() => {}, 1_000)
const stop = () => setTimeout(() => { clearInterval(working); console.log('stopped in order') }, 200)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop).on(signal, () => {})
console.log('at work')
`

/** A clone with the real npm scripts and run.mjs, in which the programs that they run are the test's. */
function createClone(t: TestContext, programs: Record<string, string>): string {
  const clone = mkdtempSync(join(tmpdir(), 'clone-'))
  t.after(() => rmSync(clone, { recursive: true, force: true }))
  for (const folder of ['services', 'packages', 'cache']) mkdirSync(join(clone, folder))
  for (const file of ['package.json', 'tools/run.mjs']) cpSync(join(root, file), join(clone, file))
  for (const [path, text] of Object.entries(programs)) {
    mkdirSync(dirname(join(clone, path)), { recursive: true })
    writeFileSync(join(clone, path), text, { mode: 0o755 })
  }
  return clone
}

const startScript = 'packages/dev-env/src/start.ts'
const [, pnpmVersion] = /PNPM_VERSION = '(.+)'/.exec(readFileSync(join(root, 'tools/run.mjs'), 'utf8')) ?? []
const pnpmScript = `cache/pnpm-${pnpmVersion}/node_modules/pnpm/bin/pnpm.mjs`

type Ended = { code: number | null; signal: NodeJS.Signals | null; output: string }

/** Runs a program in the clone as a terminal does: in a process group of its own. */
function runIn(
  clone: string,
  file: string,
  args: readonly string[],
  { cache = join(clone, 'cache') } = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const path = [join(clone, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter)
  const env = { ...process.env, PATH: path, SECURECONNECT_CACHE: cache }
  const child = spawn(file, args, { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
      child.emit('told', output)
    })
  }
  return { child, ended: once(child, 'close').then(([code, signal]) => ({ code, signal, output })) }
}

function runCommand(clone: string, ...args: string[]) {
  return runIn(clone, process.execPath, ['tools/run.mjs', ...args])
}

async function hasTold(child: ChildProcess, sentence: string): Promise<number> {
  for await (const [output] of on(child, 'told', { close: ['close'] })) if (output.includes(sentence)) break
  return child.pid ?? assert.fail('it was never started')
}

function assertGroupGone(leader: number): void {
  assert.throws(() => process.kill(-leader, 0), { code: 'ESRCH' })
}

test('Ctrl-C, and a signal that only npm gets, end the system in order, with 0 and nothing left running', async (t) => {
  const clone = createClone(t, { [startScript]: patientProgram, [pnpmScript]: '' })
  for (const [signal, isToGroup] of [
    ['SIGINT', true],
    ['SIGINT', false],
    ['SIGTERM', false],
  ] as const) {
    const { child, ended } = runIn(clone, 'npm', ['start'])
    const pid = await hasTold(child, 'at work')
    process.kill(isToGroup ? -pid : pid, signal)
    const { code, output } = await ended
    assert.equal(code, 0, output)
    assert.match(output, /stopped in order/)
    assertGroupGone(pid)
  }
})

test('packages are installed once, and again when what they are made from has changed', async (t) => {
  const clone = createClone(t, {
    [startScript]: "console.log('started with', process.argv.slice(2).join(' ')); process.exitCode = 3",
    [pnpmScript]: "import { appendFileSync } from 'node:fs'; appendFileSync('installs', process.argv[2])",
  })
  const start = async () => {
    const { code, output } = await runCommand(clone, 'start', '--data', 'x').ended
    assert.equal(code, 3, output)
    assert.match(output, /started with --data x\n$/)
    return readFileSync(join(clone, 'installs'), 'utf8')
  }
  assert.equal(await start(), 'install')
  assert.equal(await start(), 'install')
  appendFileSync(join(clone, 'pnpm-lock.yaml'), 'changed')
  assert.equal(await start(), 'installinstall')
})

test('an installation that fails tells what its program said and what to do, and starts nothing', async (t) => {
  const clone = createClone(t, {
    [startScript]: "console.log('started')",
    [pnpmScript]: "console.log('the lock file is old'); process.exitCode = 1",
  })
  const { code, output } = await runCommand(clone, 'start').ended
  assert.equal(code, 1)
  assert.match(output, /failed\nthe lock file is old\nThe packages could not be installed: check .*\n$/)
})

test('Ctrl-C while something is fetched leaves nothing half in the cache and nothing running', async (t) => {
  const clone = createClone(t, { [startScript]: "console.log('started')", 'bin/npm': patientProgram })
  const { child, ended } = runCommand(clone, 'start')
  const pid = await hasTold(child, 'Fetching pnpm')
  process.kill(-pid, 'SIGINT')
  const { signal, output } = await ended
  assert.equal(signal, 'SIGINT')
  assert.match(output, /Fetching pnpm \S+ \(65 MB, once\) … interrupted\n$/)
  assert.deepEqual(readdirSync(join(clone, 'cache')), [])
  assertGroupGone(pid)
})

test('what cannot be fetched is one sentence after what npm said, and leaves nothing half in the cache', async (t) => {
  const clone = createClone(t, { [startScript]: '', 'bin/npm': '#!/bin/sh\necho no network; exit 1\n' })
  const { code, output } = await runCommand(clone, 'start').ended
  assert.equal(code, 1)
  assert.match(output, /\nno network\nCannot fetch pnpm@\S+ from the npm registry: check the network, [^\n]+\n$/)
  assert.deepEqual(readdirSync(join(clone, 'cache')), [])
})

test('where nothing can be kept, one sentence says so at once and names the variable', async (t) => {
  const clone = createClone(t, { [startScript]: "console.log('started')", [pnpmScript]: '' })
  for (const cache of ['/proc/secureconnect/cache', join(clone, 'package.json', 'cache')]) {
    const { code, output } = await runIn(clone, process.execPath, ['tools/run.mjs', 'start'], { cache }).ended
    assert.equal(code, 1, output)
    assert.match(output, /^Nothing can be kept in \S+ \(.+\): name another folder in SECURECONNECT_CACHE\.\n$/)
  }
})

test('an unknown command names those that are known', async (t) => {
  const { code, output } = await runCommand(createClone(t, {}), 'strat').ended
  assert.equal(code, 1)
  assert.match(output, /^Unknown command "strat". Known: start, dev, test, /)
})
