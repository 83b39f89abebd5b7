import { accountNews, jobTopics, participants, readAccountNews } from '@secureconnect/account-jobs'
import { startRelay, type Topic } from '@secureconnect/outbox'
import type { Context } from '../src/index.ts'

/**
 * Stands for the services whose turn in account jobs comes before auth-service's: they hold nothing of anybody. What they
 * are told of accounts is noted, as `<topic> <user>`.
 */
export function standForOthers({ sql, kv, log, metrics }: Context, told: Set<string>) {
  const steps = {
    erase: async () => undefined,
    collect: async () => ({ section: 'conversations', items: [] }),
  }
  const note: Topic = { apply: async (_tx, row) => void told.add(`${row.topic} ${readAccountNews(row)}`) }
  const news = Object.fromEntries(Object.values(accountNews).map((topic) => [topic, note]))
  const others = participants.filter((service) => service !== 'auth-service')
  const jobs = others.map((service) => jobTopics({ service, steps, sql, kv, log }))
  const topics: Record<string, Topic> = Object.assign({}, ...jobs, news)
  return startRelay({ sql, kv, log, metrics, topics })
}
