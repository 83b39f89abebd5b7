import type { Address } from './address.ts'
import { realm } from './servers/coturn.ts'

/** `secret` signs temporary credentials. */
export type TurnAddress = { host: string; port: number; realm: string; secret: string }

export function toTurnAddress({ host, port, password }: Address): TurnAddress {
  return { host, port, realm, secret: password }
}
