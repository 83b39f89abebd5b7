import { setTimeout as delay } from 'node:timers/promises'
import type { Output } from '../command.ts'
import { Fault } from '../fault.ts'
import { describeState } from './container-table.ts'
import { readComplaint } from './read-complaint.ts'
import { type Container, isWell, readContainers } from './read-containers.ts'
import { compose, runDocker } from './run-docker.ts'

const lookEveryMs = 2_000
/** Cassandra takes longest: on a small server minutes, the first time. */
const timeoutMs = 420_000
const shownLines = 12

async function readLastLines(root: string, services: readonly string[]): Promise<string> {
  const words = compose('logs', '--no-color', '--tail', String(shownLines), ...services)
  return await runDocker(words, { root }).catch(() => '')
}

/** How it is with a container, and with a job that goes on what it says of why. */
async function describe(root: string, container: Container): Promise<string> {
  const state = describeState(container)
  if (!container.isJob || container.status !== 'running') return state
  const complaint = await readComplaint(root, container.service)
  return complaint === undefined ? state : `${state}: ${complaint}`
}

type Options = {
  output: Output
  signal: AbortSignal
  /** Services that cannot be started, and are not waited for. */
  without?: readonly string[]
}

/** Waits until every container is well, and tells each change; throws with the last lines of those that are not. */
export async function waitUntilWell(root: string, { output, signal, without = [] }: Options): Promise<Container[]> {
  const startedAt = Date.now()
  const told = new Map<string, string>()
  for (;;) {
    const containers = await readContainers(root)
    const seconds = Math.round((Date.now() - startedAt) / 1_000)
    for (const container of containers) {
      const state = await describe(root, container)
      if (told.get(container.service) !== state)
        output.tell(`${String(seconds).padStart(4)} s  ${container.service.padEnd(20)} ${state}`)
      told.set(container.service, state)
    }
    const awaited = containers.filter(({ service }) => !without.includes(service))
    const unwell = awaited.filter((container) => !isWell(container)).map(({ service }) => service)
    if (unwell.length === 0) return containers
    if (Date.now() - startedAt > timeoutMs) {
      output.tell(await readLastLines(root, unwell.slice(0, 5)))
      throw new Fault(
        `After ${seconds} s these are not as they should be: ${unwell.join(', ')}.`,
        'Their last lines stand above; ./ops doctor may know why.',
      )
    }
    await delay(lookEveryMs, undefined, { signal })
  }
}
