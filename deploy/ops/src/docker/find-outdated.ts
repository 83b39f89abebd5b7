import { findLastChange } from './find-last-change.ts'
import { listMountedConfigs } from './list-mounted-configs.ts'
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
    const wanted = services[service]
    const mounted = wanted ? listMountedConfigs(root, wanted) : []
    return mounted.some(({ source }) => findLastChange(source).at > Date.parse(startedAt)) ? [service] : []
  })
}
