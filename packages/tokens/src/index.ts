export { AccessClaims, accessToken, createTokenCheck } from './access-token.ts'
export { type Authenticate, type Caller, createAuthenticate } from './authenticate.ts'
export { deriveKey } from './derive-key.ts'
export { createKeyRing, type KeyRing } from './key-ring.ts'
export {
  dropPastRevocations,
  followRevocations,
  type Revocations,
  revokeEarlierSessions,
  revokeSessions,
} from './revocations.ts'
export { dropPastTickets, issueSocketTicket, type TakeTicket, takeSocketTicket } from './socket-tickets.ts'
