import { jobTopics } from '@secureconnect/account-jobs'
import { startRelay } from '@secureconnect/outbox'
import type { Context } from '../src/index.ts'

/** Stands for the services whose turn in account jobs comes before auth-service's: they hold nothing of anybody. */
export function standForOthers({ sql, kv, log, metrics }: Context) {
  const steps = {
    erase: async () => undefined,
    collect: async () => ({ section: 'conversations', items: [] }),
  }
  return startRelay({ sql, kv, log, metrics, topics: jobTopics({ service: 'chat-service', steps, kv, log }) })
}
