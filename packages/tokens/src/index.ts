export { AccessClaims, accessToken, createTokenCheck } from './access-token.ts'
export { type Authenticate, type Caller, createAuthenticate } from './authenticate.ts'
export { createKeyRing, type KeyRing } from './key-ring.ts'
export { followRevocations, type Revocations, revokeSessions } from './revocations.ts'
