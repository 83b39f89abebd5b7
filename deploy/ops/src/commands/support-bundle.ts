import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Command, Output } from '../command.ts'
import { readContainers } from '../docker/read-containers.ts'
import { compose, runDocker } from '../docker/run-docker.ts'
import { examine } from '../doctor/examine.ts'
import { Fault } from '../fault.ts'
import { listReplacements, redact } from '../support/redact.ts'

const linesOfLogs = '2000'
const packTimeoutMs = 60_000

type Part = { file: string; read: () => Promise<string> }

function listParts(root: string, services: readonly string[]): Part[] {
  const docker = (...args: string[]) => runDocker(args, { root, timeoutMs: 60_000 })
  const logsOf = (service: string) => ['logs', '--no-color', '--timestamps', '--tail', linesOfLogs, service]
  return [
    { file: 'doctor.json', read: async () => JSON.stringify(await examine(root), null, 2) },
    { file: 'containers.json', read: async () => JSON.stringify(await readContainers(root), null, 2) },
    { file: 'settings.env', read: async () => readFileSync(join(root, '.env'), 'utf8') },
    { file: 'compose.yml', read: () => docker(...compose('config')) },
    { file: 'docker-version.txt', read: () => docker('version') },
    { file: 'docker-disk.txt', read: () => docker('system', 'df') },
    ...services.map((service) => ({ file: `logs/${service}.log`, read: () => docker(...compose(...logsOf(service))) })),
  ]
}

/** What cannot be had is said in its place: a bundle is made where something is broken. */
async function collect(root: string, { folder, output }: { folder: string; output: Output }): Promise<number> {
  const services = await readContainers(root).then(
    (containers) => containers.filter(({ status }) => status !== 'missing').map(({ service }) => service),
    () => [],
  )
  const replacements = listReplacements(join(root, 'secrets'))
  const parts = listParts(root, services)
  mkdirSync(join(folder, 'logs'))
  for (const { file, read } of parts) {
    output.tell(`${file} …`)
    const text = await read().catch((error) => `It could not be had: ${error.message}\n`)
    writeFileSync(join(folder, file), redact(text, replacements), { mode: 0o600 })
  }
  return parts.length
}

async function pack(folder: string, path: string): Promise<void> {
  try {
    await promisify(execFile)('tar', ['--create', '--gzip', '--file', path, '--directory', folder, '.'], {
      timeout: packTimeoutMs,
    })
    chmodSync(path, 0o600)
  } catch (error) {
    rmSync(path, { force: true })
    throw new Fault(
      `The bundle could not be packed (${error instanceof Error ? error.message : error}).`,
      'It takes the program tar, and room on the disk.',
    )
  }
}

export const supportBundle: Command = {
  name: 'support-bundle',
  summary: 'packs what somebody who helps needs to see, without secrets',
  help: `Packs what doctor finds, the state of the containers, .env, the compose file as it counts, and the last ${linesOfLogs} log lines of each
container into support-TIME.tar.gz here. Taken out of all of it: the values of secrets/, tokens, private keys, signatures of URLs,
and e-mail addresses. User names and IP addresses stay: look through it before you give it away. Run it as root.

  ./ops support-bundle`,
  options: {},
  run: async (_said, { root, output }) => {
    if (process.getuid?.() !== 0)
      throw new Fault('Only root can know what has to be taken out.', 'Run sudo ./ops support-bundle.')
    const folder = mkdtempSync(join(tmpdir(), 'support-'))
    const path = join(root, `support-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.tar.gz`)
    try {
      const count = await collect(root, { folder, output })
      await pack(folder, path)
      output.print(`${path}\n${count} files, without secrets. Look through it before you give it away.`)
      return 0
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
