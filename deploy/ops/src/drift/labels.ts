import type { Running } from './read-running.ts'

const project = 'secureconnect'
const label = (name: string) => `com.docker.compose.${name}`

/** Which service of this installation a container says to be; nothing where compose did not start it. */
export function serviceOf({ labels }: Running): string | undefined {
  return labels[label('project')] === project ? labels[label('service')] : undefined
}

/** Whether somebody started it with `docker compose run`, beside those that lasts. */
export function isOneOff({ labels }: Running): boolean {
  return labels[label('oneoff')]?.toLowerCase() === 'true'
}

/** From which folder compose started it. */
export const folderOf = ({ labels }: Running): string | undefined => labels[label('project.working_dir')]

export const revisionOf = ({ labels }: Running): string | undefined => labels['org.opencontainers.image.revision']
