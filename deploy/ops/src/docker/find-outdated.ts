import { join } from 'node:path'
import { findLastChange } from './find-last-change.ts'
import { readContainers } from './read-containers.ts'
import { readModel } from './read-model.ts'

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
    return mounted.some((path) => findLastChange(path).at > Date.parse(startedAt)) ? [service] : []
  })
}
