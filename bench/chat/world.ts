import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createDatabase, freePort, type RedisAddress, redisServer } from '@secureconnect/test/stack'
import pg from 'pg'
import { createIssuer } from '../shared/issuer.ts'
import { Measured } from '../shared/measured.ts'
import { createServiceEnv, migrateDatabase } from '../shared/service-env.ts'

export type Person = { userId: string; token: string }

/** Services as they are shipped on Postgres and Redis, and the means to fill their database. */
export class World implements AsyncDisposable {
  static async create(): Promise<World> {
    await using stack = new AsyncDisposableStack()
    const database = await createDatabase({ after: (work) => stack.defer(async () => void (await work())) })
    const env = { ...createServiceEnv(database, toEnv(await redisServer())), SHED_LOAD: 'false' }
    await migrateDatabase(env)
    const pool = stack.adopt(new pg.Pool({ ...database, max: 4 }), (open) => open.end())
    return new World({ stack: stack.move(), env, pool })
  }

  readonly pool: pg.Pool
  readonly #stack: AsyncDisposableStack
  readonly #env: Readonly<Record<string, string>>
  readonly #issuer = createIssuer()

  private constructor({
    stack,
    env,
    pool,
  }: { stack: AsyncDisposableStack; env: Record<string, string>; pool: pg.Pool }) {
    this.#stack = stack
    this.#env = env
    this.pool = pool
  }

  startChat(more: Readonly<Record<string, string>> = {}): Promise<Measured> {
    return this.start('chat', more)
  }

  /** A process of a service, on a core that nothing else of the bench uses. */
  async start(service: 'chat' | 'video', more: Readonly<Record<string, string>> = {}): Promise<Measured> {
    const { jwk } = this.#issuer
    await this.pool.query(
      'insert into public_keys (kid, jwk, seen_at) values ($1, $2, now()) on conflict (kid) do nothing',
      [jwk.kid, JSON.stringify(jwk)],
    )
    const env = { ...this.#env, PORT: `${await freePort()}`, ...more }
    return await Measured.start('service.ts', { args: [service], env, isForwarder: true })
  }

  async createPeople(count: number): Promise<Person[]> {
    const people = Array.from({ length: count }, () => randomUUID()).map((userId) => ({
      userId,
      token: this.#issuer.issue(userId),
    }))
    await this.pool.query(
      `insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
       select id, id::text, id::text, id::text, id::text, 'A Person', 'none', 'none' from unnest($1::uuid[]) as id`,
      [people.map(({ userId }) => userId)],
    )
    return people
  }

  /** A group of these people. */
  async createGroup(people: readonly Person[]): Promise<string> {
    const id = randomUUID()
    const ids = people.map(({ userId }) => userId)
    await this.pool.query(
      `insert into conversations (conversation_id, type, title, created_by, member_count) values ($1, 'group', 'bench', $2, $3)`,
      [id, ids[0], ids.length],
    )
    await this.pool.query('insert into archive_state (conversation_id) values ($1)', [id])
    await this.pool.query(
      `insert into members (conversation_id, user_id, role, visible_from) select $1, id, 'member', 0 from unnest($2::uuid[]) as id`,
      [id, ids],
    )
    return id
  }

  /** Messages that were sent before, so many in each conversation. */
  async fillLogs(
    conversationIds: readonly string[],
    { each, sender }: { each: number; sender: Person },
  ): Promise<void> {
    const data = JSON.stringify({ message_type: 'text', is_encrypted: false, metadata: {} })
    await this.pool.query(
      `insert into conversation_log (conversation_id, seq, log_epoch, kind, actor_id, message_id, number, content, data)
       select id, seq, 1, 'message.created', $2, gen_random_uuid(), seq, repeat('x', 256), $4
       from unnest($1::uuid[]) as id, generate_series(1, $3::bigint) as seq`,
      [conversationIds, sender.userId, each, data],
    )
    await this.pool.query(
      `update conversations set last_seq = $2, message_count = $2, last_message_seq = $2, changed_at = clock_timestamp()
       where conversation_id = any($1::uuid[])`,
      [conversationIds, each],
    )
  }

  /** Events that have not come to the archive, or to the search, yet, after a while. */
  async countBehind(
    follower: 'archive' | 'search',
    conversationIds: readonly string[],
    afterMs: number,
  ): Promise<number> {
    await delay(afterMs)
    const column = follower === 'archive' ? 'archived_seq' : 'indexed_seq'
    const { rows } = await this.pool.query<{ count: string }>(
      `select sum(last_seq - ${column}) as count from conversations join archive_state using (conversation_id)
       where conversation_id = any($1::uuid[])`,
      [conversationIds],
    )
    return Number(rows[0]?.count)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync()
  }
}

function toEnv({ host, port, username, password }: RedisAddress): Record<string, string> {
  return { REDIS_HOST: host, REDIS_PORT: `${port}`, REDIS_USERNAME: username, REDIS_PASSWORD: password }
}
