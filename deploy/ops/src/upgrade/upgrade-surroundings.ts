import type { ServiceName } from '@secureconnect/protocol'
import type { Surroundings } from '../command.ts'

export type UpgradeSurroundings = Surroundings & {
  /** Where verify reaches the domains, while the DNS does not lead here. */
  address: string | undefined
  /** How long people's sockets may take to come back through services that were replaced. */
  comeBackMs: number
  /** Whether people reach a service of that revision. */
  isReached: (service: ServiceName, revision: string) => Promise<boolean>
}
