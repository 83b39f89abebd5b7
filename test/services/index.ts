export { call } from './call.ts'
export { createMint, createPeople, createPerson, type Mint, type Person } from './people.ts'
export { createPlatform, createServerEnv, type Engine, onServers } from './platform.ts'
export { shareInSuite, startOn } from './start-on.ts'
