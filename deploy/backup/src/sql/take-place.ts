import { connectPostgres, migrate, type PostgresOptions } from '@secureconnect/sql'
import { asName, type BulkSession, openBulkSession } from '@secureconnect/sql/bulk'
import { Type } from 'typebox'

const Name = Type.Object({ name: Type.String() })
const Answer = Type.Object({ is: Type.Boolean() })
const Epoch = Type.Object({ epoch: Type.Number() })

async function hasTable(session: BulkSession, name: string): Promise<boolean> {
  const [found] = await session.many(Answer, `select to_regclass($1) is not null as is`, [name])
  return found?.is === true
}

/** Whether anybody has an account there. */
export async function hasAccounts(server: PostgresOptions): Promise<boolean> {
  await using session = await openBulkSession(server)
  if (!(await hasTable(session, 'users'))) return false
  const [found] = await session.many(Answer, 'select exists (select from users) as is')
  return found?.is === true
}

/**
 * Puts the loaded schema in the place of that in use, at once or not at all, and brings it up to date. No conversation
 * falls behind an epoch that clients have seen meanwhile, so that the one it is given next is new to them.
 */
export async function takePlace(server: PostgresOptions & { schema: string }): Promise<void> {
  const usual = { ...server, schema: undefined }
  await using session = await openBulkSession(usual)
  const [current] = await session.many(Name, 'select current_schema() as name')
  const [inUse, loaded] = [asName(current?.name ?? 'public'), asName(server.schema)]
  const [seen] = (await hasTable(session, `${inUse}.conversations`))
    ? await session.many(Epoch, `select coalesce(max(log_epoch), 0)::float8 as epoch from ${inUse}.conversations`)
    : []
  const epoch = seen?.epoch ?? 0
  await session.run(`
    begin;
    update ${loaded}.conversations set log_epoch = ${epoch} where log_epoch < ${epoch};
    drop schema ${inUse} cascade;
    alter schema ${loaded} rename to ${inUse};
    commit`)
  await using sql = await connectPostgres(usual)
  await migrate(sql)
}
