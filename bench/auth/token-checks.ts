import { createPublicKey, verify } from 'node:crypto'
import { createTokenCheck, type KeyRing } from '@secureconnect/tokens'
import { issueToken } from '../shared/issuer.ts'

/** Checks a second, on one core: of a token seen before, of one never seen, and of its bare signature. */
export type TokenChecks = { again: number; first: number; signature: number }

const batch = 200

async function count(work: () => unknown, ms: number): Promise<number> {
  const startedAt = performance.now()
  let done = 0
  while (performance.now() - startedAt < ms) {
    for (let n = 0; n < batch; n++) await work()
    done += batch
  }
  return (done * 1_000) / (performance.now() - startedAt)
}

/** Counts once the code is warm. */
async function countPerSecond(work: () => unknown, ms: number): Promise<number> {
  await count(work, ms / 4)
  return count(work, ms)
}

export async function measureTokenChecks(ms: number): Promise<TokenChecks> {
  const { token, keySet } = issueToken()
  const key = createPublicKey({ key: JSON.parse(keySet).keys[0], format: 'jwk' })
  const keys: KeyRing = { find: async () => key, [Symbol.asyncDispose]: async () => undefined }
  const [header, claims, signature = ''] = token.split('.')
  const signed = Buffer.from(`${header}.${claims}`)
  const bytes = Buffer.from(signature, 'base64url')
  const check = createTokenCheck(keys)
  return {
    again: await countPerSecond(() => check(token), ms),
    first: await countPerSecond(() => createTokenCheck(keys)(token), ms),
    signature: await countPerSecond(() => verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, bytes), ms),
  }
}
