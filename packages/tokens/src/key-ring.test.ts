import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { createLogger } from '@secureconnect/logging'
import type { PublicKey } from '@secureconnect/protocol'
import { createKeyRing } from './key-ring.ts'

const log = createLogger({ service: 'test', revision: 'test', level: 'silent' })
const hourMs = 3_600_000

function createKey(kid: string): PublicKey {
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  return { kty: 'EC', crv: 'P-256', x, y, kid, use: 'sig', alg: 'ES256' }
}

function createRing(t: TestContext) {
  const issuer = { keys: [createKey('one')], isAway: false, fetches: 0, now: 0 }
  const load = async () => {
    issuer.fetches += 1
    if (issuer.isAway) throw new Error('connection refused')
    return issuer.keys
  }
  const ring = createKeyRing({ load, log, now: () => issuer.now })
  t.after(() => ring[Symbol.asyncDispose]())
  return { ring, issuer }
}

test('keys are fetched once for all who ask at the same time', async (t) => {
  const { ring, issuer } = createRing(t)
  const found = await Promise.all(Array.from({ length: 50 }, () => ring.find('one')))
  assert.ok(found.every(Boolean))
  assert.equal(issuer.fetches, 1)
})

test('an unknown key id asks again at most every 30 seconds, and finds a new key then', async (t) => {
  const { ring, issuer } = createRing(t)
  await ring.find('one')
  issuer.keys = [...issuer.keys, createKey('two')]
  for (let i = 0; i < 100; i += 1) assert.equal(await ring.find('two'), undefined)
  assert.equal(issuer.fetches, 1)
  issuer.now += 30_000
  assert.ok(await ring.find('two'))
  assert.equal(issuer.fetches, 2)
})

test('with the issuer away the known keys are good for a day, then nothing can be judged', async (t) => {
  const { ring, issuer } = createRing(t)
  await ring.find('one')
  issuer.isAway = true
  issuer.now += 24 * hourMs
  assert.ok(await ring.find('one'))
  issuer.now += 1
  await assert.rejects(ring.find('one'), { code: 'SERVICE_UNAVAILABLE' })
  issuer.isAway = false
  assert.ok(await ring.find('one'))
})

test('an issuer that was away from the start is asked again by the next who needs a key', async (t) => {
  const { ring, issuer } = createRing(t)
  issuer.isAway = true
  await assert.rejects(ring.find('one'), { code: 'SERVICE_UNAVAILABLE' })
  issuer.isAway = false
  assert.ok(await ring.find('one'))
})

test('while no key is published at all, no token is judged bad for it', async (t) => {
  const { ring, issuer } = createRing(t)
  const { keys } = issuer
  issuer.keys = []
  await assert.rejects(ring.find('one'), { code: 'SERVICE_UNAVAILABLE' })
  issuer.keys = keys
  assert.ok(await ring.find('one'))
})
