import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accounts } from '@secureconnect/protocol'
import type { Database } from '@secureconnect/test/stack'
import { freePort } from '@secureconnect/test/stack'
import { Pool } from 'undici'
import { Measured } from '../shared/measured.ts'
import { type Answered, offer } from '../shared/offer.ts'
import { createServiceEnv, migrateDatabase } from '../shared/service-env.ts'

export const loginsPerSecond = 200
export const readsPerSecond = 200

export type LoginLoad = {
  /** The same reads while nobody logs in: what they are compared with. */
  readsAlone: Answered[]
  reads: Answered[]
  logins: Answered[]
  maxRssBytes: number
}

const password = 'seven quiet harbours'
const people = 50
/** In a container of 256 MiB Node bounds its heap about so; on a large machine it would let it grow instead. */
const heapAsInContainer = '--max-old-space-size=128 --max-semi-space-size=4'
const json = { 'content-type': 'application/json' }

/** Every request comes from a network of its own, because the throttle counts by network. */
function fromNetwork(n: number): Record<string, string> {
  return { 'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}` }
}

async function register(pool: Pool): Promise<{ email: string; token: string }> {
  const username = `p-${randomUUID().slice(0, 12)}`
  const email = `${username}@example.org`
  const body = JSON.stringify({ email, username, password, display_name: 'A Person' })
  const answer = await pool.request({ method: 'POST', path: accounts.register.path, headers: json, body })
  const { data } = JSON.parse(await answer.body.text())
  return { email, token: data.access_token }
}

/** Looks twice a second how much memory the service takes, until it is disposed of. */
function watchMemory(service: Measured) {
  let max = 0
  let isOver = false
  const look = async () => {
    while (!isOver) {
      max = Math.max(max, (await service.usage()).rssBytes)
      await new Promise((done) => setTimeout(done, 500))
    }
  }
  const looking = look()
  return {
    async end(): Promise<number> {
      isOver = true
      await looking
      return max
    },
  }
}

type Options = { database: Database; redisEnv: Readonly<Record<string, string>>; seconds: number }

/** Offers more logins than can be hashed to auth-service as it is shipped, while people who are signed in go on reading. */
export async function measureLoginLoad({ database, redisEnv, seconds }: Options): Promise<LoginLoad> {
  await using stack = new AsyncDisposableStack()
  const mailFolder = mkdtempSync(join(tmpdir(), 'bench-'))
  stack.defer(() => rmSync(mailFolder, { recursive: true }))
  const env = {
    ...createServiceEnv(database, redisEnv),
    PORT: `${await freePort()}`,
    MAIL_FOLDER: mailFolder,
    NODE_OPTIONS: heapAsInContainer,
  }
  await migrateDatabase(env)
  const service = stack.use(await Measured.start('service.ts', { args: ['auth'], env }))
  const openPool = () => stack.adopt(new Pool(service.url, { connections: 200 }), (pool) => pool.close())
  const [readPool, loginPool] = [openPool(), openPool()]

  const reader = await register(readPool)
  const emails: string[] = []
  for (let n = 0; n < people; n++) emails.push((await register(loginPool)).email)

  const send = async (pool: Pool, options: Parameters<Pool['request']>[0]) => {
    const answer = await pool.request(options)
    await answer.body.dump()
    return answer
  }
  const read = () =>
    send(readPool, { method: 'GET', path: accounts.getMe.path, headers: { authorization: `Bearer ${reader.token}` } })
  const login = (n: number) => {
    const body = JSON.stringify({ email: emails[n % people], password })
    return send(loginPool, { method: 'POST', path: accounts.login.path, headers: { ...json, ...fromNetwork(n) }, body })
  }

  await offer({ perSecond: readsPerSecond, seconds: 2, send: read })
  const readsAlone = await offer({ perSecond: readsPerSecond, seconds: seconds / 2, send: read })
  const memory = watchMemory(service)
  const [reads, logins] = await Promise.all([
    offer({ perSecond: readsPerSecond, seconds, send: read }),
    offer({ perSecond: loginsPerSecond, seconds, send: login }),
  ])
  return { readsAlone, reads, logins, maxRssBytes: await memory.end() }
}
