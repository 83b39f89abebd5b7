import { type OwnHealth, writeHealth } from '@secureconnect/directory'
import type { Logger } from '@secureconnect/logging'
import type { Health } from '@secureconnect/protocol'
import type { Sql } from '@secureconnect/sql'

const everyMs = 5_000

type Options = {
  sql: Sql
  log: Logger
  instance: string
  describe: () => Health
  /** What an administrator sees added up over all processes of the service. */
  count: () => OwnHealth['counts']
}

/** Tells the other services how this one is, in a row that they take for unknown when it gets old. */
export function startHealthRow({ sql, log, instance, describe, count }: Options): AsyncDisposable {
  let writing: Promise<void> = Promise.resolve()
  const write = async () => {
    const { service, status, checks } = describe()
    try {
      await writeHealth(sql.background, { service, instance, status, checks, counts: count() })
    } catch (error) {
      log.debug({ error }, 'the health row could not be written')
    }
  }
  const tick = () => {
    writing = write()
  }
  const timer = setInterval(tick, everyMs).unref()
  tick()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await writing
    },
  }
}
