import { randomUUID } from 'node:crypto'
import type { Role } from '@secureconnect/protocol'
import { accessToken } from '@secureconnect/tokens'
import jwt from 'jsonwebtoken'
import type { SigningKeys } from './signing-keys.ts'

export type AccessTokenSubject = { userId: string; username: string; role: Role; sessionId: string }

/** Signs the access token of one session with the active key. */
export function signAccessToken({ active }: SigningKeys, subject: AccessTokenSubject): string {
  const { userId, username, role, sessionId } = subject
  return jwt.sign({ user_id: userId, username, role, sid: sessionId }, active.privateKey, {
    algorithm: accessToken.algorithm,
    header: { alg: accessToken.algorithm, typ: accessToken.type, kid: active.kid },
    issuer: accessToken.issuer,
    audience: accessToken.audience,
    subject: userId,
    jwtid: randomUUID(),
    notBefore: 0,
    expiresIn: accessToken.lifetimeSeconds,
  })
}
