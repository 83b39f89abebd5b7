import type { Sql } from '@secureconnect/sql'

/** A database whose next background transaction, all of its work done, stands still right before its commit. */
export function pausing(sql: Sql) {
  const arrived = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const transaction: Sql['transaction'] = (work) =>
    sql.background.transaction(async (tx) => {
      const result = await work(tx)
      arrived.resolve()
      await gate.promise
      return result
    })
  return { sql: { ...sql, background: { ...sql.background, transaction } }, arrived: arrived.promise, go: gate.resolve }
}
