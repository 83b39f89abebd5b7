import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readContainers } from './read-containers.ts'
import { readModel } from './read-model.ts'

/** When a file, or anything in a folder, was changed last. */
function changedAt(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  const within = found.isDirectory() ? readdirSync(path).map((name) => changedAt(join(path, name))) : []
  return Math.max(found.mtimeMs, ...within)
}

/**
 * The services whose configs, secrets or certificates were changed after their containers started. Docker makes a container
 * anew for what stands in the compose file, and not for what is in the files that it mounts.
 */
export async function findOutdated(root: string): Promise<string[]> {
  const { services } = await readModel(root)
  const lasting = (await readContainers(root)).filter(({ status, isJob }) => status === 'running' && !isJob)
  return lasting.flatMap(({ service, startedAt }) => {
    const mounted = (services[service]?.volumes ?? []).flatMap(({ type, source = '' }) =>
      type === 'bind' && source.startsWith(join(root, '/')) ? [source] : [],
    )
    return mounted.some((path) => changedAt(path) > Date.parse(startedAt)) ? [service] : []
  })
}
