import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { accessToken } from '@secureconnect/tokens'

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** Stands for auth-service: a public key, and access tokens that it verifies. */
export function createIssuer() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { algorithm: alg, type: typ, issuer: iss, audience: aud, lifetimeSeconds } = accessToken
  const kid = randomUUID()
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg },
    issue(userId: string): string {
      const now = Math.floor(Date.now() / 1_000)
      const who = {
        sub: userId,
        user_id: userId,
        username: 'bench',
        role: 'user',
        sid: randomUUID(),
        jti: randomUUID(),
      }
      const claims = { iss, aud, ...who, iat: now, nbf: now, exp: now + lifetimeSeconds }
      const signed = `${encode({ alg, typ, kid })}.${encode(claims)}`
      const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return `${signed}.${signature.toString('base64url')}`
    },
  }
}

/** An access token, and the key set against which the gateway verifies it. */
export function issueToken(): { token: string; keySet: string } {
  const { jwk, issue } = createIssuer()
  return { token: issue('bench'), keySet: JSON.stringify({ keys: [jwk] }) }
}
