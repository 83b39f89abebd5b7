import { type AccountSteps, jobTopics } from '@secureconnect/account-jobs'
import { fileCheckTopic } from '@secureconnect/directory'
import { startRelay } from '@secureconnect/outbox'
import { collectFiles } from './account-jobs/collect-files.ts'
import { eraseFiles } from './account-jobs/erase-files.ts'
import type { Context } from './context.ts'
import { createFileCheck } from './files/drop-unreferenced.ts'
import { createInspections } from './files/inspect-file.ts'
import { createRemoval, removalTopic } from './files/remove-file.ts'

/** Carries out what waits in the outbox for files: bytes to remove and to look into, and its part in account jobs. */
export function relayEffects(context: Context): Promise<AsyncDisposable> {
  const { sql, kv, log, metrics } = context
  const steps: AccountSteps = { erase: (tx, step) => eraseFiles(tx, step, context), collect: collectFiles }
  const topics = {
    ...jobTopics({ service: 'storage-service', steps, sql, kv, log }),
    [fileCheckTopic]: createFileCheck(context),
    [removalTopic]: createRemoval(context),
    ...createInspections(context),
  }
  return startRelay({ sql, kv, log, metrics, topics })
}
