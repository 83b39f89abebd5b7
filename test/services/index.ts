export { call } from './call.ts'
export { createMint, createPeople, createPerson, type Mint, type Person } from './people.ts'
export { createPlatform, createServerEnv, type Engine, onServers } from './platform.ts'
