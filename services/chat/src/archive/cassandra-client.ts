import { readFile } from 'node:fs/promises'
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate } from 'node:tls'
import { auth, Client, type ClientOptions, policies, types } from 'cassandra-driver'
import type { CassandraConfig } from '../config.ts'
import { cassandraLimits } from './cassandra-limits.ts'

/** The client connects to the addresses behind the hosts' names, so a certificate counts that is for any of the names. */
async function describeTls({
  cassandraHosts,
  cassandraTlsCa,
}: CassandraConfig): Promise<ConnectionOptions | undefined> {
  if (cassandraTlsCa === undefined) return undefined
  const checkIdentity = (address: string, certificate: PeerCertificate) => {
    const faults = [address, ...cassandraHosts].map((name) => checkServerIdentity(name, certificate))
    return faults.includes(undefined) ? undefined : faults[0]
  }
  const ca = await readFile(cassandraTlsCa, 'utf8')
  return { ca, minVersion: 'TLSv1.2', rejectUnauthorized: true, checkServerIdentity: checkIdentity }
}

function describePolicies({ cassandraDataCenter }: CassandraConfig): ClientOptions['policies'] {
  const { loadBalancing, reconnection, retry } = policies
  return {
    loadBalancing: new loadBalancing.TokenAwarePolicy(new loadBalancing.DCAwareRoundRobinPolicy(cassandraDataCenter)),
    reconnection: new reconnection.ConstantReconnectionPolicy(cassandraLimits.reconnectMs),
    // Retries happen in one place, which is ours.
    retry: new retry.FallthroughRetryPolicy(),
  }
}

function closeHost(host: object): void {
  if ('shutdown' in host && typeof host.shutdown === 'function') void host.shutdown(false)
}

/** A client and all that it has opened. */
export type OwnedClient = { client: Client; close(): Promise<void> }

/** A client with our limits instead of its own; it is not yet connected. */
export async function createClient(config: CassandraConfig): Promise<OwnedClient> {
  const { cassandraHosts, cassandraPort, cassandraDataCenter, cassandraUser, cassandraPassword } = config
  const tls = await describeTls(config)
  const client = new Client({
    contactPoints: [...cassandraHosts],
    localDataCenter: cassandraDataCenter,
    ...(cassandraUser !== undefined &&
      cassandraPassword !== undefined && {
        authProvider: new auth.PlainTextAuthProvider(cassandraUser, cassandraPassword),
      }),
    ...(tls && { sslOptions: tls }),
    protocolOptions: { port: cassandraPort, maxSchemaAgreementWaitSeconds: cassandraLimits.schemaAgreementSeconds },
    policies: describePolicies(config) ?? {},
    pooling: {
      coreConnectionsPerHost: { [types.distance.local]: 1, [types.distance.remote]: 0, [types.distance.ignored]: 0 },
      maxRequestsPerConnection: cassandraLimits.inFlight,
      heartBeatInterval: cassandraLimits.heartbeatMs,
      warmup: true,
    },
    socketOptions: {
      connectTimeout: cassandraLimits.connectMs,
      readTimeout: cassandraLimits.writeMs,
      defunctReadTimeoutThreshold: cassandraLimits.overdueAnswers,
      keepAlive: true,
      tcpNoDelay: true,
    },
    queryOptions: { prepare: true, consistency: types.consistencies.localQuorum },
    monitorReporting: { enabled: false },
  })
  // When it finds its way back it makes new hosts and forgets the old ones, whose connections it would renew for ever.
  const forgotten = new Set<object>()
  client.on('hostRemove', (host: object) => forgotten.add(host))
  const close = async () => {
    await client.shutdown()
    forgotten.forEach(closeHost)
  }
  return { client, close }
}
