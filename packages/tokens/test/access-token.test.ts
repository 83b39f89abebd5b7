import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import { createLogger } from '@secureconnect/logging'
import { accessToken, createKeyRing, createTokenCheck } from '../src/index.ts'
import { type HostileToken, hostileTokens, tokensOfUnknownKeys } from './hostile-tokens.ts'
import { kid, mint, nowSeconds, publicKey, toPublicKey } from './mint.ts'

const log = createLogger({ service: 'test', revision: 'test', level: 'silent' })

function createCheck(t: TestContext) {
  const issuer = { fetches: 0, now: 0 }
  const load = async () => {
    issuer.fetches += 1
    return [toPublicKey(publicKey, kid)]
  }
  const keys = createKeyRing({ load, log, now: () => issuer.now })
  t.after(() => keys[Symbol.asyncDispose]())
  return { check: createTokenCheck(keys), issuer }
}

async function assertRefused(check: (token: string) => Promise<unknown>, [what, token]: HostileToken): Promise<void> {
  const isRefusal = (error: unknown) => error instanceof AppError && error.code === 'UNAUTHORIZED'
  await assert.rejects(check(token), isRefusal, `accepted, or refused otherwise: ${what}`)
}

test('a token that jose signed for us is accepted, and its claims come back', async (t) => {
  const { check } = createCheck(t)
  const claims = await check(await mint())
  assert.equal(claims.username, 'ada')
  assert.equal((await check(await mint({ claims: { role: 'admin' } }))).role, 'admin')
})

test('every hostile token is refused as one, before and after a good one, and none makes us ask for keys', async (t) => {
  assert.ok(hostileTokens.length >= 100, `${hostileTokens.length} tokens`)
  const { check, issuer } = createCheck(t)
  await check(await mint())
  for (const hostile of hostileTokens) {
    // By now an unknown key might be asked for, so a fetch would be seen.
    issuer.now += 30_000
    await assertRefused(check, hostile)
    await assertRefused(check, hostile)
  }
  assert.equal(issuer.fetches, 1)
  await check(await mint())
})

test('whichever letter of a token is changed, it is a good one no more', async (t) => {
  const { check } = createCheck(t)
  const good = await mint()
  await check(good)
  for (let at = 0; at < good.length; at += 1) {
    const letter = good[at] === 'A' ? 'B' : 'A'
    await assertRefused(check, [`letter ${at}`, good.slice(0, at) + letter + good.slice(at + 1)])
  }
})

test('tokens of keys that nobody knows make us ask for keys once in 30 seconds, however many come', async (t) => {
  const { check, issuer } = createCheck(t)
  await check(await mint())
  for (const [seconds, fetches] of [
    [0, 1],
    [29, 1],
    [1, 2],
    [29, 2],
  ] as const) {
    issuer.now += seconds * 1_000
    for (const hostile of [...tokensOfUnknownKeys, ...tokensOfUnknownKeys]) await assertRefused(check, hostile)
    assert.equal(issuer.fetches, fetches)
  }
})

test('a token that has ended says so, also when it was accepted before', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const { check } = createCheck(t)
  const token = await mint()
  await check(token)
  t.mock.timers.tick((accessToken.lifetimeSeconds + 4) * 1_000)
  await check(token)
  t.mock.timers.tick(2_000)
  await assert.rejects(check(token), { code: 'TOKEN_EXPIRED' })
  const past = { iat: nowSeconds() - 2_000, nbf: nowSeconds() - 2_000, exp: nowSeconds() - 1_100 }
  await assert.rejects(check(await mint({ claims: past })), { code: 'TOKEN_EXPIRED' })
})

test('a clock that is five seconds off is forgiven, one that is more is not', async (t) => {
  const { check } = createCheck(t)
  const ahead = (seconds: number) => mint({ claims: { iat: nowSeconds() + seconds, nbf: nowSeconds() + seconds } })
  await check(await ahead(4))
  await assertRefused(check, ['from the future', await ahead(7)])
})
