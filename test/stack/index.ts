import type { Address } from './address.ts'
import type { Cleanup } from './cleanup.ts'
import { createDatabaseOn, type Database } from './databases.ts'
import { findShared } from './local-stack.ts'
import type { Mail, MailServer } from './mail-server.ts'
import { type RedisAddress, toRedisAddress } from './redis-address.ts'
import { dataCenter } from './servers/cassandra.ts'
import { findFfmpeg } from './servers/ffmpeg.ts'
import { prepareMediaWorker } from './servers/media-worker.ts'
import { type StoreAddress, toStoreAddress } from './store-address.ts'
import { type TurnAddress, toTurnAddress } from './turn-address.ts'

export { type Browser, browser, browserAddress, type Page } from './browser.ts'
export { type CassandraCluster, ownCassandraCluster } from './cassandra-cluster.ts'
export { type Certificate, createCertificate } from './certificate.ts'
export { FaultProxy, faultProxy } from './fault-proxy.ts'
export { freePort, freePorts } from './free-port.ts'
export { cached } from './install.ts'
export {
  type Control,
  ownCassandraServer,
  ownCoturnServer,
  ownObjectStore,
  ownPostgresServer,
  ownRedisServer,
} from './own-servers.ts'
export { ownRedisCluster } from './redis-cluster.ts'
export type { Address, Cleanup, Database, Mail, MailServer, RedisAddress, StoreAddress, TurnAddress }

/** The Postgres that all suites share, as its superuser. */
export function postgresServer(): Promise<Address> {
  return findShared('postgres')
}

/** A fresh database on the shared Postgres, a copy of the template if one is named, dropped after the test. */
export async function createDatabase(t: Cleanup, { template }: { template?: string } = {}): Promise<Database> {
  return createDatabaseOn(await postgresServer(), t, template)
}

/** The Redis that all suites share: a suite uses keys and channels of its own. */
export async function redisServer(): Promise<RedisAddress> {
  return toRedisAddress(await findShared('redis'))
}

/** The Cassandra node that all suites share: DDL is slow, so use fresh partition keys rather than fresh tables. */
export async function cassandraServer(): Promise<Address & { dataCenter: string }> {
  return { ...(await findShared('cassandra')), dataCenter }
}

/** The S3 store that all suites share: a suite makes buckets of its own. */
export async function objectStore(): Promise<StoreAddress> {
  return toStoreAddress(await findShared('objectStore'))
}

/** The TURN server that all suites share. */
export async function coturnServer(): Promise<TurnAddress> {
  return toTurnAddress(await findShared('coturn'))
}

/** The program that media go through: services start it as often as they need. */
export function mediaWorker(): Promise<string> {
  return prepareMediaWorker()
}

/** The program that records, and that makes media to be recorded; beside it is `ffprobe`. */
export function ffmpeg(): Promise<string> {
  return findFfmpeg()
}

/** A mail server for one test. */
export async function smtpServer(t: Cleanup): Promise<MailServer> {
  // Loaded only here: what parses mails is heavy, and most suites never ask for it.
  const { MailServer } = await import('./mail-server.ts')
  const server = await MailServer.create()
  t.after(() => server.close())
  return server
}
