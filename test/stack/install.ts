import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from './config.ts'
import { findProgram } from './find-program.ts'

const aptOptions = ['-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=900']
let lastInstallation: Promise<void> = Promise.resolve()

/** Tells when a slow installation begins and ends, apart from what the tests print. */
async function withProgress(label: string, work: () => Promise<void>): Promise<void> {
  const startedAt = Date.now()
  process.stderr.write(`${label} …\n`)
  await work()
  process.stderr.write(`${label} … done in ${Math.round((Date.now() - startedAt) / 1000)} s\n`)
}

/** Runs an installer; what it prints becomes part of the error if it fails. */
export async function runInstaller(file: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  await promisify(execFile)(file, args, { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 })
}

async function installPackage(name: string): Promise<void> {
  const install = () => runInstaller('apt-get', ['install', ...aptOptions, name], { DEBIAN_FRONTEND: 'noninteractive' })
  // A fresh machine has no list of packages, or an old one that names files long gone.
  await install().catch(() => runInstaller('apt-get', ['update', '-q']).then(install))
}

export type DebianProgram = {
  name: string
  /** Where Debian puts it when not on PATH, as a glob pattern. */
  folders?: string
  package: string
  /** The variable that names a running server instead. */
  variable: string
}

/** Finds a program, or installs its Debian package where that is allowed; else the error says what to do. */
export async function findOrInstall({ name, folders, package: packageName, variable }: DebianProgram): Promise<string> {
  const found = findProgram(name, folders)
  if (found) return found
  const advice = `Install Debian's package ${packageName} (or what your system calls it) so that ${name} is on PATH, or set ${variable}.`
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) throw new Error(`${name} is missing here. ${advice}`)
  // One at a time: apt-get waits for another's dpkg, but not for another's package lists.
  const installation = lastInstallation.then(() =>
    withProgress(`Installing Debian's ${packageName}`, () => installPackage(packageName)),
  )
  lastInstallation = installation.catch(() => undefined)
  await installation.catch((cause: unknown) =>
    Promise.reject(new Error(`${name} could not be installed. ${advice}`, { cause })),
  )
  const installed = findProgram(name, folders)
  if (!installed) throw new Error(`${packageName} came without ${name}. ${advice}`)
  return installed
}

/** A folder of the cache, built on first use: whole or not at all, whoever else builds it at the same time. */
export async function cached(name: string, label: string, build: (folder: string) => Promise<void>): Promise<string> {
  const target = join(cacheFolder, name)
  if (existsSync(target)) return target
  await mkdir(cacheFolder, { recursive: true })
  const partial = await mkdtemp(join(cacheFolder, `${name}-partial-`))
  try {
    await withProgress(label, () => build(partial))
    await rename(partial, target).catch((error: unknown) => {
      // Another run was faster: its folder is as good as ours.
      if (!existsSync(target)) throw error
    })
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
  return target
}
