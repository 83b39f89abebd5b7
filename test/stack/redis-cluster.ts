import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cleanup } from './cleanup.ts'
import { freePort } from './free-port.ts'
import { startFor } from './own-servers.ts'
import { type RedisAddress, toRedisAddress } from './redis-address.ts'
import { askRedis, redisNode } from './servers/redis.ts'

/** Which of all 16,384 slots each node holds. */
const slots = ['0 5460', '5461 10922', '10923 16383'] as const

/** A Redis cluster of this test's own, with three nodes; answers where one of them is. */
export async function ownRedisCluster(t: Cleanup): Promise<RedisAddress> {
  const login = { user: 'tester', password: randomBytes(16).toString('hex') }
  const start = async (range: string) => {
    const busPort = await freePort()
    const { address } = await startFor(t, redisNode(login, busPort))
    await askRedis(address, `CLUSTER ADDSLOTSRANGE ${range}`)
    return { address, busPort }
  }
  const [first, ...others] = [await start(slots[0]), await start(slots[1]), await start(slots[2])] as const
  for (const { address, busPort } of others)
    await askRedis(first.address, `CLUSTER MEET ${address.host} ${address.port} ${busPort}`)
  for (const { address } of [first, ...others])
    while (!(await askRedis(address, 'CLUSTER INFO')).includes('cluster_state:ok')) await sleep(50)
  return toRedisAddress(first.address)
}
