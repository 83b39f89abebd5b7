import type { TestContext } from 'node:test'
import type { Platform } from '@secureconnect/service'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import type { RedisAddress } from '@secureconnect/test/stack'
import { createGroup } from './groups.ts'
import { createPerson, onServers, startChatOn } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

/** What may pass at most until people hear of what nobody told them of. */
export const latestMs = 5_000

/** Two processes of one installation, with Alice at the first and Bob at the second, in one conversation. */
export async function startTwo(t: TestContext, redis?: RedisAddress, adapt = (platform: Platform) => platform) {
  const database = await createMigratedDatabase(t)
  const platform = await onServers(database, redis)
  const here = await startChatOn(t, platform)
  const there = await startChatOn(t, adapt(platform))
  const [alice, bob] = [await createPerson(here, 'alice'), await createPerson(here, 'bob')]
  const group = await createGroup(here, alice, [bob])
  const [near, far] = [await TestSocket.open(t, here, alice), await TestSocket.open(t, there, bob)]
  for (const socket of [near, far]) await socket.subscribe({ [group]: null })
  return { database, here, there, alice, bob, group, near, far }
}
