import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { describeDockerEnvironment } from '../config.ts'
import { Fault } from '../fault.ts'
import { readSettings } from '../settings/env-file.ts'
import { showProgram } from '../show-program.ts'

const usualTimeoutMs = 30_000
const maxBytes = 32 * 1024 * 1024

type Options = { root: string; timeoutMs?: number; signal?: AbortSignal; input?: string }

/** The compose file, with what overrides it where .env names that too. */
export const composeFiles = 'docker-compose.production.yml'

/** What holds images to their digests, where they are pinned. */
export const pinsFile = 'state/compose.images.yml'

/** The pins go right behind the compose file, so that what overrides it may take a service out. */
function environmentIn(root: string): NodeJS.ProcessEnv {
  const files = (readSettings(root).get('COMPOSE_FILE') ?? composeFiles).split(':')
  const pins = existsSync(join(root, pinsFile)) ? [pinsFile] : []
  return describeDockerEnvironment(files.toSpliced(1, 0, ...pins).join(':'))
}

const notInstalled = () =>
  new Fault('docker is not installed on this machine.', 'Install it: https://docs.docker.com/engine/install/')

/** What docker's own words mean to somebody who does not know them. */
export function explainDocker(told: string): Fault | undefined {
  if (/permission denied.*(socket|daemon)/is.test(told))
    return new Fault('This user may not use the Docker engine.', 'Run ops as root, or join the group docker.')
  if (/cannot connect to the docker daemon|is the docker daemon running|error during connect/i.test(told))
    return new Fault(
      'The Docker engine does not answer.',
      'Start it: systemctl start docker. DOCKER_HOST may name another.',
    )
  if (/'compose' is not a docker command|unknown (shorthand )?flag: 'f'|unknown command: docker compose/i.test(told))
    return new Fault('docker compose is not installed.', 'Install it: apt install docker-compose-plugin.')
  if (/no space left on device/i.test(told))
    return new Fault('The disk is full.', 'Free some: docker system df shows what takes it.')
  if (
    /pull access denied|manifest (?:unknown|for .* not found)|registry.*(?:no such host|timeout|refused)/is.test(told)
  )
    return new Fault(
      `An image could not be fetched: ${lastLine(told)}`,
      'Open the way to the registry and run the same again. COMPOSE_PROFILES in .env names what may be left out.',
    )
  const port = /(?:address already in use|port is already allocated)/i.test(told) && /:(\d+)(?:[/ :]|$)/.exec(told)?.[1]
  if (port) return new Fault(`Port ${port} is taken by another program.`, `Find it: ss -lntup 'sport = :${port}'`)
  return undefined
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}

/** What was asked of docker, in as few words as tell it. */
function nameOf([first = '', ...rest]: readonly string[]): string {
  return first === 'compose' ? `docker compose ${rest[0]}` : `docker ${first} ${rest[0] ?? ''}`.trim()
}

/** Runs docker and answers with what it prints. */
export async function runDocker(
  args: readonly string[],
  { root, timeoutMs = usualTimeoutMs, signal, input }: Options,
): Promise<string> {
  try {
    const options = {
      cwd: root,
      env: environmentIn(root),
      timeout: timeoutMs,
      maxBuffer: maxBytes,
      ...(signal && { signal }),
    }
    const running = promisify(execFile)('docker', args, options)
    // Whoever takes nothing says why himself.
    running.child.stdin?.on('error', () => undefined).end(input)
    return (await running).stdout
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if ('code' in error && error.code === 'ENOENT') throw notInstalled()
    if ('killed' in error && error.killed)
      throw new Fault(
        `${nameOf(args)} did not answer within ${timeoutMs / 1_000} s.`,
        'See how the engine is: systemctl status docker.',
      )
    const told = 'stderr' in error ? String(error.stderr) : error.message
    throw (
      explainDocker(told) ??
      new Fault(`${nameOf(args)} failed: ${lastLine(told)}`, 'What docker says is all that is known.')
    )
  }
}

/** Runs docker with its own words on the terminal, for what takes long, and keeps them for the sentence if it fails. */
export async function showDocker(args: readonly string[], { root, signal }: Options): Promise<void> {
  const { code, told } = await showProgram('docker', args, { folder: root, env: environmentIn(root), signal }).catch(
    (error) => {
      throw error.code === 'ENOENT' ? notInstalled() : error
    },
  )
  if (code === 0) return
  throw explainDocker(told) ?? new Fault(`${nameOf(args)} failed: ${lastLine(told)}`, 'See what it says above.')
}

type Follow = { root: string; signal: AbortSignal; hear: (line: string) => void }

/**
 * Runs docker for what takes long and says how it goes on: each line of that is heard as it comes. Its input stays open until
 * it ends, or until we do.
 */
export async function followDocker(
  args: readonly string[],
  { root, signal, hear }: Follow,
): Promise<{ code: number; printed: string; last: string }> {
  const surroundings = { cwd: root, env: environmentIn(root), signal }
  const child = spawn('docker', args, { ...surroundings, stdio: 'pipe' })
  let [printed, last, told] = ['', '', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  createInterface(child.stderr).on('line', (line) => {
    told = (told + line).slice(-20_000)
    // What fails is told by whoever asked for it.
    if (last !== '') hear(last)
    last = line
  })
  const [code] = await once(child, 'close').catch((error) => {
    throw error.code === 'ENOENT' ? notInstalled() : error
  })
  const fault = code === 0 ? undefined : explainDocker(told)
  if (fault) throw fault
  if (code === 0 && last !== '') hear(last)
  return { code, printed, last }
}

/** The words with which this installation's compose file is meant. */
export const compose = (...words: string[]): string[] => ['compose', ...words]
