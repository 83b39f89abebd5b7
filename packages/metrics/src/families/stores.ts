import type { ServiceName } from '@secureconnect/protocol'
import { counter, everyService, gauge, histogram, sqlServices } from '../family.ts'

const objectStoreServices: readonly ServiceName[] = ['storage-service', 'video-service']

/** SQL, Redis, Cassandra and the object store. */
export const storeFamilies = {
  dbConnectionsActive: gauge('db_connections_active', { help: 'SQL connections in use', services: sqlServices }),
  dbConnectionsIdle: gauge('db_connections_idle', { help: 'SQL connections waiting for work', services: sqlServices }),
  dbConnectionsMax: gauge('db_connections_max', { help: 'SQL connections the pools may open', services: sqlServices }),
  dbQueryDuration: histogram('db_query_duration_seconds', {
    help: 'SQL statements',
    services: sqlServices,
    labels: ['operation', 'table'],
  }),
  dbQueryErrors: counter('db_query_errors_total', {
    help: 'SQL statements that failed',
    services: sqlServices,
    labels: ['operation', 'table', 'error'],
  }),
  redisCommands: counter('redis_commands_total', {
    help: 'Redis commands',
    services: everyService,
    labels: ['command'],
  }),
  redisCommandDuration: histogram('redis_command_duration_seconds', {
    help: 'Redis commands',
    services: everyService,
    labels: ['command'],
  }),
  redisConnections: gauge('redis_connections', { help: 'Open connections to Redis', services: everyService }),
  redisErrors: counter('redis_errors_total', {
    help: 'Redis commands that failed',
    services: everyService,
    labels: ['command', 'error'],
  }),
  redisDegradedMode: gauge('redis_degraded_mode', {
    help: '1 while the process does without Redis',
    services: everyService,
  }),
  cassandraQueryDuration: histogram('cassandra_query_duration_seconds', {
    help: 'Cassandra statements',
    services: ['chat-service'],
    labels: ['operation', 'table'],
  }),
  cassandraQueryErrors: counter('cassandra_query_errors_total', {
    help: 'Cassandra statements that failed',
    services: ['chat-service'],
    labels: ['operation', 'table', 'error'],
  }),
  minioRequests: counter('minio_requests_total', {
    help: 'Object store requests',
    services: objectStoreServices,
    labels: ['operation', 'status'],
  }),
  minioErrors: counter('minio_errors_total', {
    help: 'Object store requests that failed',
    services: objectStoreServices,
    labels: ['operation', 'error_type'],
  }),
  minioCircuitBreakerState: gauge('minio_circuit_breaker_state', {
    help: 'Object store breaker: 0 closed, 1 half-open, 2 open',
    services: objectStoreServices,
  }),
}
