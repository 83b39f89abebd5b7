import { join } from 'node:path'

/** Packages that Cassandra reaches into although the Java platform has closed them. */
const exportedPackages = [
  'java.base/jdk.internal.misc',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.sql/java.sql',
  'java.base/java.lang.ref',
  'jdk.unsupported/sun.misc',
  'jdk.compiler/com.sun.tools.javac.file',
  'jdk.attach/sun.tools.attach',
]
const openedPackages = [
  'java.base/java.lang.module',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.util.jar',
  'java.base/sun.nio.ch',
  'java.base/java.io',
  'java.base/java.nio',
  'java.base/java.lang.reflect',
  'java.base/java.lang',
  'java.base/java.util',
  'jdk.management/com.sun.management.internal',
  'jdk.compiler/com.sun.tools.javac',
]

/** One node that talks to nobody needs none of the waiting for others that makes a start slow. */
const startFast = [
  '-Dcassandra.skip_wait_for_gossip_to_settle=0',
  '-Dcassandra.ring_delay_ms=0',
  '-Dcassandra.superuser_setup_delay_ms=0',
  '-Dcassandra.load_ring_state=false',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
]

/** Java's options for a small Cassandra that keeps everything in one folder. */
export function javaOptions(folder: string, jars: string): string[] {
  return [
    ...startFast,
    ...['-Xms64m', '-Xmx512m', '-Xss512k', '-XX:MaxDirectMemorySize=256m'],
    ...[
      '-XX:+ExitOnOutOfMemoryError',
      '-XX:-UsePerfData',
      '-Djava.awt.headless=true',
      '-Djava.net.preferIPv4Stack=true',
    ],
    ...[
      '-Djdk.attach.allowAttachSelf=true',
      '-Dio.netty.tryReflectionSetAccessible=true',
      '-Dio.netty.eventLoopThreads=4',
    ],
    '-Dcassandra.max_local_pause_in_ms=60000',
    `-javaagent:${join(jars, 'jamm-0.4.0.jar')}`,
    `-Djava.io.tmpdir=${folder}`,
    `-Dcassandra.config=file://${join(folder, 'cassandra.yaml')}`,
    `-Dcassandra.storagedir=${folder}`,
    `-Dcassandra.logdir=${folder}`,
    `-Dlogback.configurationFile=file://${join(folder, 'logback.xml')}`,
    '-Dcassandra-foreground=yes',
    ...exportedPackages.flatMap((name) => ['--add-exports', `${name}=ALL-UNNAMED`]),
    ...openedPackages.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
    ...['-cp', join(jars, '*'), 'org.apache.cassandra.service.CassandraDaemon'],
  ]
}

/** Where a node stands among others: whom it asks for them first, and where its part of all keys ends. */
export type Standing = { seed: string; storagePort: number; token: string }

type NodeOptions = Standing & { folder: string; host: string; port: number }

/** The node's cassandra.yaml. A batch commit log loses no acknowledged row when it is killed; a periodic one does. */
export function nodeConfig({ folder, host, port, seed, storagePort, token }: NodeOptions): string {
  return `cluster_name: test
num_tokens: 1
initial_token: '${token}'
auto_bootstrap: false
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: SimpleSnitch
dynamic_snitch: false
hinted_handoff_enabled: false
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [{ seeds: '${seed}:${storagePort}' }]
listen_address: ${host}
rpc_address: ${host}
storage_port: ${storagePort}
native_transport_port: ${port}
data_file_directories: ['${join(folder, 'data')}']
commitlog_directory: ${join(folder, 'commitlog')}
saved_caches_directory: ${join(folder, 'saved_caches')}
hints_directory: ${join(folder, 'hints')}
cdc_raw_directory: ${join(folder, 'cdc_raw')}
commitlog_sync: batch
commitlog_segment_size: 8MiB
commitlog_total_space: 128MiB
memtable_heap_space: 128MiB
memtable_offheap_space: 128MiB
memtable_allocation_type: heap_buffers
key_cache_size: 8MiB
counter_cache_size: 0MiB
file_cache_size: 32MiB
concurrent_reads: 8
concurrent_writes: 8
concurrent_compactors: 1
disk_access_mode: mmap_index_only
auto_snapshot: false
authenticator: PasswordAuthenticator
authorizer: CassandraAuthorizer
role_manager: CassandraRoleManager
storage_compatibility_mode: NONE
`
}

/** Only warnings, on standard output: they matter when the server does not start. */
export const logConfig = `<configuration>
  <appender name="stdout" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="stdout"/></root>
</configuration>
`
