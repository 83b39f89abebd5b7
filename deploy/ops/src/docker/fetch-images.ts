import type { Output } from '../command.ts'
import { readModel } from './read-model.ts'
import { compose, runDocker, showDocker } from './run-docker.ts'

/** People notice nothing without these; what is wrong is noticed later, so their lack is a fault all the same. */
const spared: ReadonlySet<string> = new Set([
  'alertmanager',
  'alloy',
  'blackbox-exporter',
  'grafana',
  'loki',
  'node-exporter',
  'postgres-exporter',
  'prometheus',
  'redis-exporter',
  'tempo',
])

async function isHere(root: string, image: string): Promise<boolean> {
  return await runDocker(['image', 'inspect', '--format', '{{.Id}}', image], { root }).then(
    () => true,
    () => false,
  )
}

async function listMissing(root: string): Promise<string[]> {
  const { services } = await readModel(root)
  const looks = Object.entries(services).map(async ([service, { image }]) => ({
    service,
    isMissing: image !== undefined && !(await isHere(root, image)),
  }))
  return (await Promise.all(looks)).filter(({ isMissing }) => isMissing).map(({ service }) => service)
}

type Options = { output: Output; signal: AbortSignal }

/**
 * Fetches the images that are not here yet, one service after another; answers which services have to be done without.
 * Where one is missing that nobody can do without, it throws what docker says.
 */
export async function fetchImages(root: string, { output, signal }: Options): Promise<string[]> {
  const lacking: string[] = []
  for (const service of await listMissing(root)) {
    try {
      await showDocker(compose('pull', '--quiet', service), { root, signal })
    } catch (error) {
      if (!spared.has(service) || signal.aborted) throw error
      output.tell(`      ${service} cannot be fetched, so the system starts without it: ${String(error)}`)
      lacking.push(service)
    }
  }
  return lacking
}
