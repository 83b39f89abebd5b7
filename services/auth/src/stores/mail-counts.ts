import { limits } from '@secureconnect/protocol'
import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'

const CountRow = Type.Object({ mails: column.integer })

/** Counts a mail that somebody asked for; false where there were enough in the hour that began with the first of them. */
export async function countRequestedMail(tx: Transaction, counter: string): Promise<boolean> {
  const { mails } = await tx.one(CountRow)`
    insert into mail_counts (counter, mails, began_at) values (${counter}, 1, clock_timestamp())
    on conflict (counter) do update set
      mails = case when mail_counts.began_at > clock_timestamp() - interval '1 hour' then mail_counts.mails + 1 else 1 end,
      began_at = case when mail_counts.began_at > clock_timestamp() - interval '1 hour'
        then mail_counts.began_at else clock_timestamp() end
    returning mails`
  return mails <= limits.requestedMailsPerHour
}

/** Drops counts of hours that are over. */
export async function dropPastMailCounts(sql: Queries): Promise<void> {
  await sql.execute`delete from mail_counts where began_at < now() - interval '1 hour'`
}
