import { column, type Sql } from '@secureconnect/sql'
import { Type } from 'typebox'
import type { AccountSteps } from '../src/index.ts'

const aStep = 4

/** What a service with many messages would hold of a person. */
export async function createMessages(sql: Sql, sender: string, count: number): Promise<void> {
  await sql.runScript(`
    create table if not exists messages (sender uuid, n integer);
    create table if not exists steps_taken (after text, taken_at timestamptz default clock_timestamp());`)
  await sql.execute`
    insert into messages select ${sender}, n from generate_series(0, ${count}::integer - 1) as n`
}

const Message = Type.Object({ n: column.integer })

/** Erases and collects four messages a step, and notes each step in its transaction. */
export const chatSteps: AccountSteps = {
  async erase(tx, { userId, after = '' }) {
    await tx.execute`insert into steps_taken (after) values (${after})`
    const end = Number(after) + aStep
    const gone = await tx.execute`delete from messages where sender = ${userId} and n < ${end}`
    return gone === aStep ? String(end) : undefined
  },
  async collect(sql, { userId, after = '-1' }) {
    const items = await sql.many(Message)`
      select n from messages where sender = ${userId} and n > ${Number(after)} order by n limit ${aStep}`
    const last = items.at(-1)
    return { section: 'messages', items, ...(items.length === aStep && last && { next: String(last.n) }) }
  },
}
