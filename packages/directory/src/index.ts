export { listPublicKeys, savePublicKeys } from './public-keys.ts'
export { areFriends, assertNotBlocked, isBlockedBetween, listBlockedIds } from './relations.ts'
export { type HealthRow, listHealth, type OwnHealth, writeHealth } from './service-health.ts'
export { type DirectoryUser, findUser, isAdmin, listUsers, lockAccounts } from './users.ts'
