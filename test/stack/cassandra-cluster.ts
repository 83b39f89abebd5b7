import type { Cleanup } from './cleanup.ts'
import { freePort } from './free-port.ts'
import { type Control, controlOf, startFor } from './own-servers.ts'
import { cassandraNode, dataCenter } from './servers/cassandra.ts'

/** Each has a third of all keys, and, as the nodes of a cluster do, an address of its own with the same ports. */
const nodes = [
  { host: '127.0.0.1', token: '-6148914691236517206' },
  { host: '127.0.0.2', token: '0' },
  { host: '127.0.0.3', token: '6148914691236517206' },
] as const

export type CassandraCluster = {
  hosts: readonly string[]
  port: number
  user: string
  password: string
  dataCenter: string
  nodes: readonly [Control, Control, Control]
}

/** A cluster of three nodes of Cassandra of this test's own, each to kill and freeze. */
export async function ownCassandraCluster(t: Cleanup): Promise<CassandraCluster> {
  const [port, storagePort] = [await freePort(), await freePort()]
  const seed = nodes[0].host
  const start = ({ host, token }: (typeof nodes)[number]) =>
    startFor(t, cassandraNode({ place: { host, port }, standing: { seed, storagePort, token } }))
  const [first, second, third] = [await start(nodes[0]), await start(nodes[1]), await start(nodes[2])] as const
  const { user, password } = first.address
  const controls = [controlOf(first), controlOf(second), controlOf(third)] as const
  return { hosts: nodes.map(({ host }) => host), port, user, password, dataCenter, nodes: controls }
}
