// Runs one of the project's commands on the project's own Node, installing what is missing first.
// Plain JavaScript, no dependency: this file is all that the machine's own Node (20 or newer) ever runs.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_VERSION = '24.21.0'
const PNPM_VERSION = '12.21.0'
const COMMANDS = {
  start: ['packages/dev-env/src/start.ts'],
  dev: ['--watch', '--watch-preserve-output', 'packages/dev-env/src/start.ts'],
  test: ['test/run.ts'],
  check: ['tools/check.ts'],
  generate: ['tools/generate.ts'],
  bench: ['bench/run.ts'],
  chaos: ['test/chaos/run.ts'],
  admin: ['packages/dev-env/src/admin.ts'],
  webhook: ['packages/dev-env/src/webhook.ts'],
  ops: ['deploy/ops/src/main.ts'],
  evidence: ['test/deployment/live/record-evidence.ts'],
  chat: ['packages/sdk/examples/chat.ts'],
  screenshots: ['packages/web/test/screenshots/take.ts'],
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const cache = resolve(
  process.env.SECURECONNECT_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'secureconnect'),
)
const isTerminal = process.stderr.isTTY

/** The program at work, of which there is one at a time, and the signal that asked for its end. */
let child
let interruption
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interruption = signal
    child?.kill(signal)
  })
}

/** Runs a program to its end. Signals reach it, so that nothing is left running. */
function run(file, args, options) {
  child = spawn(file, args, { cwd: root, ...options })
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code, signal) => done({ code, signal }))
  })
}

/** Ends this process as a signal ended the program that it stands for. */
function endBy(signal) {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

/** Runs a program quietly while one line tells that it is at work; on failure its output is shown. */
async function runWithProgress(label, file, args) {
  const startedAt = Date.now()
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`
  const tick = setInterval(() => isTerminal && process.stderr.write(`\r${label} … ${elapsed()} `), 1000)
  process.stderr.write(`${label} …${isTerminal ? '' : '\n'}`)
  const running = run(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk))
  const { code } = await running.finally(() => clearInterval(tick))
  const result = interruption ? 'interrupted' : code === 0 ? `done in ${elapsed()}` : 'failed'
  process.stderr.write(`${isTerminal ? '\r' : ''}${label} … ${result}\n`)
  if (code !== 0 || interruption)
    throw new Error(Buffer.concat(output).toString().trim().split('\n').slice(-15).join('\n'))
}

/** Installs one npm package into the cache, whole or not at all, and returns its folder. */
async function fetchPackage(label, name, version) {
  const target = join(cache, `${name}-${version}`)
  const folder = join(target, 'node_modules', name)
  if (existsSync(folder)) return folder
  const partial = createFolderInCache(`${name}-partial-`)
  try {
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
    await runWithProgress(label, 'npm', ['install', '--prefix', partial, ...flags, `${name}@${version}`])
    rmSync(target, { recursive: true, force: true })
    renameSync(partial, target)
  } catch (error) {
    // Another run may have fetched the same meanwhile.
    if (!existsSync(folder)) {
      throw new Error(
        `${error.message}\nCannot fetch ${name}@${version} from the npm registry: check the network, then run the command again.`,
      )
    }
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return folder
}

/** Makes a folder with those above it; Node's own way never ends where nothing can be made, as in /proc. */
function makeFolder(path) {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // Another run may have made it meanwhile.
    if (!existsSync(path)) throw error
  }
}

function createFolderInCache(prefix) {
  try {
    makeFolder(cache)
    return mkdtempSync(join(cache, prefix))
  } catch (error) {
    throw new Error(`Nothing can be kept in ${cache} (${error.message}): name another folder in SECURECONNECT_CACHE.`)
  }
}

async function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major === 24 && minor >= 15) return process.execPath
  const name = `node-${process.platform}-${process.arch}`
  const folder = await fetchPackage(`Fetching Node ${NODE_VERSION} (190 MB, once)`, name, NODE_VERSION)
  return join(folder, 'bin', 'node')
}

/** What the installed packages depend on: the lock file and every manifest. */
function installFingerprint() {
  const hash = createHash('sha256')
  const manifests = [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'test/package.json',
    'bench/package.json',
    'deploy/ops/package.json',
  ]
  const inFolders = ['services', 'packages'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .sort()
      .map((name) => join(folder, name, 'package.json')),
  )
  for (const file of [...manifests, ...inFolders]) {
    const path = join(root, file)
    if (existsSync(path)) hash.update(file).update(readFileSync(path))
  }
  return hash.digest('hex')
}

async function installPackages(node) {
  const stamp = join(root, 'node_modules', '.installed-from')
  const fingerprint = installFingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return
  const pnpm = await fetchPackage(`Fetching pnpm ${PNPM_VERSION} (65 MB, once)`, 'pnpm', PNPM_VERSION)
  const args = [join(pnpm, 'bin', 'pnpm.mjs'), 'install', '--frozen-lockfile', '--reporter=append-only']
  await runWithProgress('Installing packages', node, args).catch((error) => {
    throw new Error(
      `${error.message}\nThe packages could not be installed: check the network and that pnpm-lock.yaml is up to date.`,
    )
  })
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, fingerprint)
}

const [command = '', ...args] = process.argv.slice(2)
try {
  const program = COMMANDS[command]
  if (!program) throw new Error(`Unknown command "${command}". Known: ${Object.keys(COMMANDS).join(', ')}.`)
  rmSync(createFolderInCache('trial-'), { recursive: true })
  const node = await findNode()
  await installPackages(node)
  // What Node makes of the sources is kept: it takes a third off every later start, and 20 MB off every process. Its
  // threads share one store of memory, or each would keep one of its own: 3 MB.
  const kept = {
    SECURECONNECT_CACHE: cache,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cache, 'compiled'),
  }
  const env = { MALLOC_ARENA_MAX: '1', ...process.env, ...kept }
  const { code, signal } = await run(node, [...program, ...args], { stdio: 'inherit', env })
  if (signal) endBy(signal)
  else process.exitCode = code
} catch (error) {
  if (interruption) endBy(interruption)
  else {
    console.error(error.message)
    process.exitCode = 1
  }
}
