import type { Address } from './address.ts'
import { region } from './servers/object-store.ts'

export type StoreAddress = { host: string; port: number; accessKey: string; secretKey: string; region: string }

export function toStoreAddress({ host, port, user, password }: Address): StoreAddress {
  return { host, port, accessKey: user, secretKey: password, region }
}
