import { randomUUID } from 'node:crypto'
import { files } from '@secureconnect/protocol'
import { createDatabase, freePort, redisServer } from '@secureconnect/test/stack'
import pg from 'pg'
import { type Dispatcher, Pool } from 'undici'
import { createIssuer } from '../shared/issuer.ts'
import { Measured } from '../shared/measured.ts'
import { createServiceEnv, migrateDatabase } from '../shared/service-env.ts'

export type Announced = { fileId: string; url: string; headers: Record<string, string> }

/** storage-service as it is shipped, and people who use it. */
export class World implements AsyncDisposable {
  static async start(more: Readonly<Record<string, string>>): Promise<World> {
    await using stack = new AsyncDisposableStack()
    const database = await createDatabase({ after: (work) => stack.defer(async () => void (await work())) })
    const { host, port, username, password } = await redisServer()
    const redisEnv = { REDIS_HOST: host, REDIS_PORT: `${port}`, REDIS_USERNAME: username, REDIS_PASSWORD: password }
    const env = { ...createServiceEnv(database, redisEnv), SHED_LOAD: 'false', PORT: `${await freePort()}`, ...more }
    await migrateDatabase(env)
    const tokens = await createPeople(stack.adopt(new pg.Pool(database), (pool) => pool.end()))
    const service = stack.use(await Measured.start('service.ts', { args: ['storage'], env, isForwarder: true }))
    const pool = stack.adopt(new Pool(service.url, { connections: 100 }), (open) => open.close())
    return new World({ stack: stack.move(), service, pool, tokens })
  }

  readonly service: Measured
  readonly #pool: Pool
  readonly #tokens: readonly string[]
  readonly #stack: AsyncDisposableStack

  private constructor({
    stack,
    service,
    pool,
    tokens,
  }: { stack: AsyncDisposableStack; service: Measured; pool: Pool; tokens: readonly string[] }) {
    this.#stack = stack
    this.service = service
    this.#pool = pool
    this.#tokens = tokens
  }

  /** Announces a file of one of the people, who take turns. */
  async begin(person: number, size: number): Promise<Announced> {
    const body = { file_name: 'bench.bin', file_size: size, content_type: 'application/octet-stream' }
    const { file_id: fileId, upload_url: url, headers } = await this.#ask(person, files.beginUpload, body)
    return { fileId, url, headers }
  }

  async complete(person: number, fileId: string): Promise<void> {
    await this.#ask(person, files.completeUpload, { file_id: fileId })
  }

  async findDownload(person: number, fileId: string): Promise<string> {
    const { method, path } = files.getDownload
    const { download_url: url } = await this.#ask(person, { method, path: path.replace(':file_id', fileId) })
    return url
  }

  async remove(person: number, fileId: string): Promise<void> {
    const { method, path } = files.delete
    await this.#ask(person, { method, path: path.replace(':file_id', fileId) })
  }

  async #ask(person: number, { method, path }: { method: Dispatcher.HttpMethod; path: string }, body?: object) {
    const authorization = `Bearer ${this.#tokens[person % this.#tokens.length]}`
    const { statusCode, body: answer } = await this.#pool.request({
      method,
      path,
      headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (statusCode >= 300) throw new Error(`${method} ${path} was answered ${statusCode}: ${text}`)
    return JSON.parse(text).data
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync()
  }
}

const people = 50

async function createPeople(pool: pg.Pool): Promise<string[]> {
  const { jwk, issue } = createIssuer()
  const ids = Array.from({ length: people }, () => randomUUID())
  await pool.query('insert into public_keys (kid, jwk, seen_at) values ($1, $2, now())', [jwk.kid, JSON.stringify(jwk)])
  await pool.query(
    `insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
     select id, id::text, id::text, id::text, id::text, 'A Person', 'none', 'none' from unnest($1::uuid[]) as id`,
    [ids],
  )
  return ids.map(issue)
}
