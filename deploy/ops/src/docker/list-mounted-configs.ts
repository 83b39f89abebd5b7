import { join } from 'node:path'
import type { ModelService } from './read-model.ts'

export type Mounted = { source: string; target: string }

/** What of the installation's own folder a service is configured by; what ops notes in state/ changes as it goes on. */
export function listMountedConfigs(root: string, { volumes = [] }: ModelService): Mounted[] {
  return volumes.flatMap(({ type, source = '', target }) =>
    type === 'bind' && target && source.startsWith(join(root, '/')) && !source.startsWith(join(root, 'state/'))
      ? [{ source, target }]
      : [],
  )
}
