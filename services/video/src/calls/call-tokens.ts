import { createHmac, timingSafeEqual } from 'node:crypto'
import { deriveKey } from '@secureconnect/tokens'
import { type Static, type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'

const JoinGrant = Type.Object({
  callId: Type.String(),
  userId: Type.String(),
  participantId: Type.String(),
  /** In milliseconds since 1970. */
  expiresAt: Type.Number(),
})
/** That somebody has joined a call over REST and may connect to it. */
export type JoinGrant = Static<typeof JoinGrant>

const ResumeGrant = Type.Object({
  callId: Type.String(),
  userId: Type.String(),
  sessionId: Type.String(),
  participantId: Type.String(),
  /** The one that it was given to: it resumes that and no other. */
  connection: Type.Integer(),
})
/** That somebody may go on where a connection of his broke off. */
export type ResumeGrant = Static<typeof ResumeGrant>

type Token<Grant> = {
  sign(grant: Grant): string
  /** Undefined where the token is not one of ours. */
  read(token: string): Grant | undefined
}

function createToken<S extends TSchema>(schema: S, key: Buffer): Token<Static<S>> {
  const check = Compile(schema)
  const digest = (text: string) => createHmac('sha256', key).update(text).digest()
  return {
    sign(grant) {
      const text = Buffer.from(JSON.stringify(grant)).toString('base64url')
      return `${text}.${digest(text).toString('base64url')}`
    },
    read(token) {
      const [text = '', signature = ''] = token.split('.', 2)
      const [given, expected] = [Buffer.from(signature, 'base64url'), digest(text)]
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      const grant: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
      return check.Check(grant) ? grant : undefined
    },
  }
}

/** Makes and judges what people show to connect to a call, each kind with a key of its own. */
export function createCallTokens(jwtSecret: string): { join: Token<JoinGrant>; resume: Token<ResumeGrant> } {
  return {
    join: createToken(JoinGrant, deriveKey(jwtSecret, 'call join')),
    resume: createToken(ResumeGrant, deriveKey(jwtSecret, 'call resume')),
  }
}

export type CallTokens = ReturnType<typeof createCallTokens>
