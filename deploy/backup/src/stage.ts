import { createClient } from '@secureconnect/chat-service/archive'
import type { Logger } from '@secureconnect/logging'
import type { Client } from 'cassandra-driver'
import type { Config } from './config.ts'
import { BackupFault } from './fault.ts'
import { openObjects, openTarget } from './open-target.ts'
import type { ByteStore, Vault } from './vault.ts'

/** What a task works with that only looks at what was kept. */
export type Shelf = {
  config: Config
  vault: Vault
  /** Says how it goes on, a line at a time. */
  tell: (line: string) => void
}

/** What a task works with that looks at the system's own stores as well. */
export type Stage = Shelf & { objects: ByteStore; archive: Client }

type Options = { log: Logger; tell: Stage['tell']; onCall?: () => void }

/** Opens the target alone, one task long: whether the system's stores answer does not matter. */
export async function withShelf<T>(config: Config, options: Options, work: (shelf: Shelf) => Promise<T>): Promise<T> {
  await using target = await openTarget(config, options)
  return await work({ config, vault: target.opened, tell: options.tell })
}

/** Opens the target and the stores, one task long. */
export function withStage<T>(config: Config, options: Options, work: (stage: Stage) => Promise<T>): Promise<T> {
  return withShelf(config, options, (shelf) => withStores(shelf, options, work))
}

async function withStores<T>(shelf: Shelf, options: Options, work: (stage: Stage) => Promise<T>): Promise<T> {
  const { config } = shelf
  await using objects = await openObjects(config, options.log)
  const { client: archive, close } = await createClient(config)
  try {
    await archive.connect().catch((cause: unknown) => {
      throw new BackupFault('Cassandra does not answer, or refuses our login. ./ops status shows how it is.', { cause })
    })
    return await work({ ...shelf, objects: objects.opened, archive })
  } finally {
    await close()
  }
}
