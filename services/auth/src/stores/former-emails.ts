import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const FormerEmail = Type.Object({ email: column.text, changed_at: column.timestamp })
const ChangeId = Type.Object({ change_id: column.id })

/** Keeps an address that its account is about to lose, for as long as a mail to it may wait; returns the change's id. */
export async function insertFormerEmail(
  tx: Transaction,
  { userId, email }: { userId: string; email: string },
): Promise<string> {
  const { change_id: changeId } = await tx.one(ChangeId)`
    insert into former_emails (change_id, user_id, email) values (${newId()}, ${userId}, ${email}) returning change_id`
  return changeId
}

export function findFormerEmail(sql: Queries, changeId: string): Promise<Static<typeof FormerEmail> | undefined> {
  return sql.maybeOne(FormerEmail)`select email, changed_at from former_emails where change_id = ${changeId}`
}

/** The addresses that an account had until lately, the newest first. */
export function listFormerEmails(sql: Queries, userId: string): Promise<Static<typeof FormerEmail>[]> {
  return sql.many(FormerEmail)`
    select email, changed_at from former_emails where user_id = ${userId} order by changed_at desc, change_id desc`
}

/** Drops the addresses that were told long ago. */
export async function dropPastFormerEmails(sql: Queries): Promise<void> {
  await sql.execute`delete from former_emails where changed_at < now() - interval '1 day'`
}
