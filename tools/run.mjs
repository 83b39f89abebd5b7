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
  start: 'packages/dev-env/src/start.ts',
  dev: 'packages/dev-env/src/dev.ts',
  test: 'test/run.ts',
  check: 'tools/check.ts',
  generate: 'tools/generate.ts',
  bench: 'bench/run.ts',
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const cache =
  process.env.SECURECONNECT_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'secureconnect')
const isTerminal = process.stderr.isTTY

/** Ends the command with one sentence that says what is wrong and what to do. */
function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}

/** Runs a program quietly while one line tells that it is at work; on failure its output is shown. */
function runWithProgress(label, file, args, options) {
  const startedAt = Date.now()
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`
  const tick = setInterval(() => isTerminal && process.stderr.write(`\r${label} … ${elapsed()} `), 1000)
  process.stderr.write(`${label} …${isTerminal ? '' : '\n'}`)
  return new Promise((done, failed) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('error', failed)
    child.on('close', (code) => {
      clearInterval(tick)
      process.stderr.write(`${isTerminal ? '\r' : ''}${label} … ${code === 0 ? `done in ${elapsed()}` : 'failed'}\n`)
      if (code === 0) done()
      else failed(new Error(Buffer.concat(output).toString().trim().split('\n').slice(-15).join('\n')))
    })
  })
}

/** Installs one npm package into the cache, whole or not at all, and returns its folder. */
async function fetchPackage(label, name, version) {
  const target = join(cache, `${name}-${version}`)
  const folder = join(target, 'node_modules', name)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const partial = mkdtempSync(join(cache, `${name}-partial-`))
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const args = [
      'install',
      '--prefix',
      partial,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      `${name}@${version}`,
    ]
    await runWithProgress(label, npm, args, { cwd: cache })
    if (!existsSync(target)) renameSync(partial, target)
  } catch (error) {
    if (!existsSync(folder)) {
      fail(
        `${error.message}\nCannot fetch ${name}@${version} from the npm registry: check the network, then run the command again.`,
      )
    }
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return folder
}

async function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major === 24 && minor >= 12) return process.execPath
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const folder = await fetchPackage(`Fetching Node ${NODE_VERSION} (190 MB, once)`, name, NODE_VERSION)
  return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/** What the installed packages depend on: the lock file and every manifest. */
function installFingerprint() {
  const hash = createHash('sha256')
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'test/package.json', 'bench/package.json']
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
  await runWithProgress('Installing packages', node, args, { cwd: root }).catch((error) =>
    fail(
      `${error.message}\nThe packages could not be installed: check the network and that pnpm-lock.yaml is up to date.`,
    ),
  )
  writeFileSync(stamp, fingerprint)
}

/** Hands over to the project's Node. Signals reach the child; its exit code is ours. */
function handOver(node, script, args) {
  const child = spawn(node, [join(root, script), ...args], { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`Cannot run ${node}: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

const [command = '', ...args] = process.argv.slice(2)
const script = COMMANDS[command]
if (!script) fail(`Unknown command "${command}". Known: ${Object.keys(COMMANDS).join(', ')}.`)
const node = await findNode()
await installPackages(node)
handOver(node, script, args)
