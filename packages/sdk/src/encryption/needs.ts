import type { Vault } from '@secureconnect/e2ee/groups'
import type { Client } from '../client.ts'

/** What encryption needs of the client that it is added to. */
export type Needed = {
  client: Pick<Client, 'rest' | 'chat' | 'userId'>
  /** Where this device keeps its keys and what it has read. */
  vault: Vault
}
