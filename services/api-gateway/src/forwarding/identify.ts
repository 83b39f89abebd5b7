import { AppError } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import { accounts, KeySet } from '@secureconnect/protocol'
import { createKeyRing, createTokenCheck, type KeyRing } from '@secureconnect/tokens'
import { Compile } from 'typebox/compile'
import { upstreamFailed } from '../errors.ts'
import { ask } from './undici.ts'
import type { Upstream } from './upstream.ts'

/** Whom an Authorization header stands for, as far as the gateway can tell: only limits depend on it. */
export type Identify = (authorization: string) => Promise<string | undefined>

const Keys = Compile(KeySet)
const scheme = 'Bearer '
const fetchTimeoutMs = 1_000
const maxBytes = 64 * 1_024

/** Fetches the public keys from auth-service, which also serves them to everybody else. */
export function createKeys(auth: Upstream, log: Logger): KeyRing {
  const fetchKeys = async () => {
    const { path, method } = accounts.keys
    const signal = AbortSignal.timeout(fetchTimeoutMs)
    const { statusCode, body } = await ask(auth.pool, { path, method, signal })
    const text = await body.text()
    if (statusCode !== 200 || text.length > maxBytes) throw upstreamFailed(new Error(`keys: status ${statusCode}`))
    return Keys.Parse(JSON.parse(text)).keys
  }
  return createKeyRing({ load: () => auth.run(fetchKeys), log })
}

/** Identifies by access token. A token that cannot be verified stands for nobody: the services are the judges. */
export function createIdentify(keys: KeyRing): Identify {
  const check = createTokenCheck(keys)
  return async (authorization) => {
    if (!authorization.startsWith(scheme)) return undefined
    try {
      return (await check(authorization.slice(scheme.length))).user_id
    } catch (error) {
      if (error instanceof AppError) return undefined
      throw error
    }
  }
}
