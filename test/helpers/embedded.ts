import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedSystem, startEmbeddedSystem } from '@secureconnect/dev-env'
import { column, openPglite } from '@secureconnect/sql'
import { fillMigratedFolder } from '@secureconnect/sql/testing'
import { Type } from 'typebox'
import { readJson } from './read-json.ts'
import { until } from './until.ts'

type Cleanup = { after: (work: () => unknown) => void }
/** Pages have to know the gateway's port before it starts; others take what is free. */
type Options = { env?: Readonly<Record<string, string>>; portBase?: number }

/**
 * Has a stranger refused. The first sign-in of a process finds nothing loaded and nothing compiled: on a busy machine it
 * may take longer than a request is given, which is no matter of what is tested then.
 */
async function warmUp(address: string): Promise<void> {
  const body = JSON.stringify({ email: 'nobody@example.org', password: 'seven quiet harbours' })
  const signIn = () =>
    fetch(`${address}/v1/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  await until('somebody can sign in', async () => (await signIn()).status === 401, 60_000)
}

/**
 * The whole system in this process, on a database that is made already, which takes five times as long as the start;
 * once the gateway has found that all is there.
 */
export async function startPreparedSystem(
  t: Cleanup,
  { env = {}, portBase = 0 }: Options = {},
): Promise<{ system: EmbeddedSystem; folder: string; address: string; restart: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-'))
  await fillMigratedFolder(join(folder, 'sql'))
  // More people sign up from one network here than do elsewhere.
  const settings = { RATELIMIT_REGISTER: '600', ...env }
  const start = () => startEmbeddedSystem({ folder, portBase, revision: 'test', env: settings })
  const system = await start()
  let running = system
  t.after(async () => {
    await running[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })
  const address = system.addresses['api-gateway']
  const isHealthy = async () => (await readJson(await fetch(`${address}/health`))).status === 'healthy'
  await until('all services are found', isHealthy, 30_000)
  await warmUp(address)
  /** As an operator does; at the same address where the ports were chosen. */
  async function restart(): Promise<void> {
    await running[Symbol.asyncDispose]()
    running = await start()
  }
  return { system, folder, address, restart }
}

/** Makes somebody an administrator of the system whose folder it is; while that runs, `npm run admin` cannot. */
export async function grantAdmin(folder: string, username: string): Promise<void> {
  // Within one process all that open it have the same database.
  await using sql = await openPglite({ folder: join(folder, 'sql') })
  await sql.execute`update users set role = 'admin' where username = ${username}`
}

const Lag = Type.Object({ is_behind: column.flag })

/**
 * Gives a conversation more messages of one person than anybody would wait for: `number 1`, `number 2` and so on. The search
 * finds what was said before, and none of them: to index them would keep the process for half a minute.
 */
export async function fillConversation(
  folder: string,
  { conversationId, username, count }: { conversationId: string; username: string; count: number },
): Promise<void> {
  await using sql = await openPglite({ folder: join(folder, 'sql') })
  await until('what was said before can be found', async () => {
    const { is_behind } = await sql.one(Lag)`
      select indexed_seq < last_seq as is_behind from conversations join archive_state using (conversation_id)
      where conversation_id = ${conversationId}`
    return !is_behind
  })
  const data = JSON.stringify({ message_type: 'text', is_encrypted: false, metadata: {} })
  await sql.transaction(async (tx) => {
    await tx.execute`
      insert into conversation_log (conversation_id, seq, log_epoch, kind, actor_id, message_id, number, content, data)
      select conversation_id, last_seq + n, log_epoch, 'message.created', user_id, gen_random_uuid(), message_count + n,
        'number ' || n, ${data}::jsonb
      from conversations, users, generate_series(1, ${count}::bigint) as n
      where conversation_id = ${conversationId} and username = ${username}`
    await tx.execute`
      update conversations set last_seq = last_seq + ${count}, last_message_seq = last_seq + ${count},
        message_count = message_count + ${count}, changed_at = clock_timestamp()
      where conversation_id = ${conversationId}`
    await tx.execute`
      update archive_state set indexed_seq = last_seq from conversations
      where archive_state.conversation_id = conversations.conversation_id
        and conversations.conversation_id = ${conversationId}`
    await tx.execute`
      update members set read_seq = last_seq, read_number = message_count from conversations
      where members.conversation_id = conversations.conversation_id
        and conversations.conversation_id = ${conversationId}
        and user_id = (select user_id from users where username = ${username})`
  })
}

/** Has the time of all of somebody's sign-ins be over: they end with the tokens that are out. */
export async function expireSessions(folder: string, username: string): Promise<void> {
  await using sql = await openPglite({ folder: join(folder, 'sql') })
  await sql.execute`
    update sessions set idle_expires_at = clock_timestamp()
    where user_id = (select user_id from users where username = ${username})`
}
