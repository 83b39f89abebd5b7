import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import { lifetimes } from '@secureconnect/protocol'
import { column, type Sql } from '@secureconnect/sql'
import { scale, suiteScope } from '@secureconnect/test/helpers'
import fc from 'fast-check'
import { Type } from 'typebox'
import { endSessions } from '../src/sessions/end-sessions.ts'
import { refreshSession } from '../src/sessions/refresh-session.ts'
import { readRefreshToken } from '../src/sessions/refresh-token.ts'
import { insertSession } from '../src/stores/sessions.ts'
import { insertUser } from '../src/stores/users.ts'
import { type Auth, startAuth } from './test-auth.ts'

const { refreshReplayMs: graceMs, sessionIdleMs: idleMs, sessionAbsoluteMs: absoluteMs } = lifetimes

/** What becomes of an answer: it arrives, its process dies before the commit, or after it. */
const fates = ['arrives', 'dies before commit', 'dies after commit'] as const

type Act =
  /** `age` says how many generations old the token is; -1 is one that was never given out, though its proof is right. */
  | { kind: 'refresh'; age: number; fate: (typeof fates)[number]; key?: string | undefined; waitMs: number }
  | { kind: 'forge'; age: number; waitMs: number }
  | { kind: 'logout' | 'ban' | 'unban'; waitMs: number }

const waitMs = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 1, 3_000) },
  { weight: 4, arbitrary: fc.constantFrom(graceMs, graceMs + 1) },
  { weight: 2, arbitrary: fc.constantFrom(idleMs - 1, idleMs, idleMs - graceMs, 5 * 86_400_000) },
)
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('refresh' as const),
      age: fc.constantFrom(0, 0, 0, 1, 1, 2, 3, -1),
      fate: fc.constantFrom('arrives', 'arrives', ...fates),
      key: fc.constantFrom(undefined, undefined, 'the first key', 'another key'),
      waitMs,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('forge' as const), age: fc.constantFrom(-1, 0, 1, 2), waitMs }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('logout' as const, 'ban' as const, 'unban' as const), waitMs }),
  },
)

type Presenting = { isGenuine?: boolean; key?: string | undefined }

/** The rules of SECURITY.md "Refresh" and of its departures, said a second time. */
class Model {
  now: number
  generation = 1
  isLive = true
  isBanned = false
  reuses = 0
  readonly #createdAt: number
  #rotatedAt: number
  #rotationKey: string | undefined
  #usedAt: number

  constructor(now: number) {
    this.now = now
    this.#createdAt = now
    this.#rotatedAt = now
    this.#usedAt = now
  }

  /** The generation that a refresh with that one has to answer; undefined where it has to be refused. */
  refresh(presented: number, { isGenuine = true, key }: Presenting = {}): number | undefined {
    if (!this.isLive || !isGenuine || presented > this.generation) return undefined
    if (this.now >= this.#usedAt + idleMs || this.now >= this.#createdAt + absoluteMs) return undefined
    if (presented === this.generation) {
      this.generation += 1
      this.#rotatedAt = this.now
      this.#rotationKey = key
      this.#usedAt = this.now
      return this.generation
    }
    const isRepeat = this.now <= this.#rotatedAt + graceMs || (key !== undefined && key === this.#rotationKey)
    if (presented === this.generation - 1 && isRepeat) return this.generation
    this.isLive = false
    this.reuses += 1
    return undefined
  }
}

const dayMs = 86_400_000

function refresh(age: number, waitMs: number, fate: (typeof fates)[number] = 'arrives', key?: string): Act {
  return { kind: 'refresh', age, waitMs, fate, key }
}

/** The edge of each rule, which chance finds too, but not in every run. */
const edges: Act[][] = [
  [refresh(0, idleMs - 1), refresh(0, idleMs)],
  [refresh(0, 13 * dayMs), refresh(0, 13 * dayMs), refresh(0, 4 * dayMs - 1), refresh(0, 1)],
  [refresh(0, 0), refresh(1, graceMs), refresh(1, 1), refresh(0, 0)],
  [refresh(0, 0), refresh(0, 0), refresh(2, 0), refresh(0, 0)],
  [refresh(0, 0, 'dies after commit', 'a key'), refresh(1, dayMs, 'arrives', 'a key'), refresh(0, 0)],
  [refresh(0, 0, 'arrives', 'a key'), refresh(1, graceMs + 1, 'arrives', 'another key'), refresh(0, 0)],
  [refresh(0, 0, 'arrives', 'a key'), refresh(0, 0), refresh(2, 0, 'arrives', 'a key'), refresh(0, 0)],
  [refresh(0, 0, 'dies after commit'), refresh(1, 0), refresh(0, 0)],
  [refresh(0, 0, 'dies before commit'), refresh(0, 0), refresh(1, 0, 'dies before commit'), refresh(0, 0)],
  [refresh(-1, 0), { kind: 'forge', age: 0, waitMs: 0 }, { kind: 'forge', age: 2, waitMs: 0 }, refresh(0, 0)],
  [{ kind: 'ban', waitMs: 0 }, refresh(0, 0), { kind: 'unban', waitMs: 0 }, refresh(0, 0)],
]

class Crash extends Error {}

/** The database as a process has it that dies at the end of its transaction, just before the commit. */
function dyingSql(sql: Sql): Sql {
  return {
    ...sql,
    transaction: (work) =>
      sql.transaction(async (tx) => {
        await work(tx)
        throw new Crash()
      }),
  }
}

const Counts = Type.Object({ live: column.integer, revoked: column.integer })

let auth: Auth
const suite = suiteScope()
before(async () => {
  auth = await startAuth(suite, 'pglite')
})

/** A session of somebody new, and what one may do to it. */
async function openFamily(startedAt: Date) {
  const { context } = auth
  const { sql, refreshTokens } = context
  const name = `p-${randomUUID().slice(0, 12)}`
  const stored = { passwordHash: 'none', pepperId: 'none' }
  const { user_id: userId } = await insertUser(sql, {
    email: `${name}@example.org`,
    username: name,
    displayName: name,
    ...stored,
  })
  const { session_id: sessionId, salt } = await sql.transaction((tx) =>
    insertSession(tx, { userId, deviceName: undefined, network: '192.0.2.1', now: startedAt }),
  )
  const tokenOf = (generation: number) => refreshTokens.create({ sessionId, generation, salt })

  /** The refresh token of the answer, or the code of the refusal. */
  async function refresh(token: string, now: number, { fate = 'arrives', key }: Refreshing = {}): Promise<string> {
    const presented = readRefreshToken(token)
    assert.ok(presented)
    const used = fate === 'dies before commit' ? { ...context, sql: dyingSql(sql) } : context
    try {
      const { refresh_token: child } = await refreshSession(used, { presented, repeatKey: key }, new Date(now))
      return fate === 'dies after commit' ? 'no answer' : String(child)
    } catch (error) {
      if (error instanceof Crash) return 'no answer'
      assert.ok(error instanceof AppError, String(error))
      return error.code
    }
  }
  const end = (reason: string) => sql.transaction((tx) => endSessions(tx, context, { userId, reason }))
  const setBan = (isBanned: boolean) => sql.execute`
    update users set banned_at = ${isBanned ? new Date() : null}, ban_reason = ${isBanned ? 'a trial' : null}
    where user_id = ${userId}`
  const count = () => sql.one(Counts)`
    select (select count(*)::int from sessions where session_id = ${sessionId} and status = 'live') as live,
      (select count(*)::int from revocations where session_id = ${sessionId}) as revoked`
  const countReuses = () =>
    auth.lines.filter(
      ({ reason, outcome, user_id }) => reason === 'reused' && outcome === 'failed' && user_id === userId,
    ).length
  return { tokenOf, refresh, end, setBan, count, countReuses }
}

function forge(token: string): string {
  const bytes = Buffer.from(token, 'base64url')
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
  return bytes.toString('base64url')
}

type Refreshing = { fate?: (typeof fates)[number]; key?: string | undefined }
type Family = Awaited<ReturnType<typeof openFamily>>

async function perform(act: Act, model: Model, family: Family): Promise<void> {
  model.now += act.waitMs
  const refusal = () => (model.isBanned && !model.isLive ? 'ACCOUNT_BANNED' : 'INVALID_GRANT')
  if (act.kind === 'refresh' || act.kind === 'forge') {
    const presented = Math.max(1, model.generation - act.age)
    const token = family.tokenOf(presented)
    if (act.kind === 'forge') {
      model.refresh(presented, { isGenuine: false })
      assert.equal(await family.refresh(forge(token), model.now), 'INVALID_GRANT')
      return
    }
    if (act.fate === 'dies before commit') {
      assert.equal(await family.refresh(token, model.now, act), 'no answer')
      return
    }
    const expected = model.refresh(presented, act)
    const answer = await family.refresh(token, model.now, act)
    if (expected === undefined) assert.equal(answer, refusal())
    else assert.equal(answer, act.fate === 'arrives' ? family.tokenOf(expected) : 'no answer')
    return
  }
  if (act.kind === 'unban') {
    await family.setBan(false)
    model.isBanned = false
    return
  }
  if (act.kind === 'ban') {
    await family.setBan(true)
    model.isBanned = true
  }
  await family.end(act.kind)
  model.isLive = false
}

test('whatever is refreshed, replayed, lost, forged or ended in whatever order, a session has one child at most and a copied token ends it', async () => {
  const property = fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 14 }), async (acts) => {
    const model = new Model(Date.now())
    const family = await openFamily(new Date(model.now))
    for (const act of acts) await perform(act, model, family)
    const { live, revoked } = await family.count()
    assert.deepEqual([live, revoked], model.isLive ? [1, 0] : [0, 1])
    assert.equal(family.countReuses(), model.reuses)
    auth.lines.length = 0
    if (model.isLive) return
    await family.setBan(false)
    for (let generation = 1; generation <= model.generation + 1; generation += 1) {
      assert.equal(await family.refresh(family.tokenOf(generation), model.now), 'INVALID_GRANT')
    }
  })
  await fc.assert(property, { numRuns: scale(1_000, 80), examples: edges.map((acts) => [acts]) })
})
