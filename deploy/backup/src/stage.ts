import { createClient } from '@secureconnect/chat-service/archive'
import type { Logger } from '@secureconnect/logging'
import type { Client } from 'cassandra-driver'
import type { Config } from './config.ts'
import { BackupFault } from './fault.ts'
import { openObjects, openTarget } from './open-target.ts'
import type { ByteStore, Vault } from './vault.ts'

/** All that a task of this program works with. */
export type Stage = {
  config: Config
  vault: Vault
  objects: ByteStore
  archive: Client
  /** Says how it goes on, a line at a time. */
  tell: (line: string) => void
}

type Options = { log: Logger; tell: Stage['tell']; onCall?: () => void }

/** Opens the target and the stores, one task long. */
export async function withStage<T>(config: Config, options: Options, work: (stage: Stage) => Promise<T>): Promise<T> {
  await using target = await openTarget(config, options)
  await using objects = await openObjects(config, options.log)
  const { client: archive, close } = await createClient(config)
  try {
    await archive.connect().catch((cause: unknown) => {
      throw new BackupFault('Cassandra does not answer, or refuses our login. ./ops status shows how it is.', { cause })
    })
    return await work({ config, vault: target.opened, objects: objects.opened, archive, tell: options.tell })
  } finally {
    await close()
  }
}
