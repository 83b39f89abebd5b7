import { graph, numbers, percentile, rate } from './panel.ts'
import type { Dashboard } from './write-dashboard.ts'

export const storesDashboard: Dashboard = {
  uid: 'stores',
  title: 'Stores',
  panels: [
    numbers(
      'Stores that take connections',
      'short',
      ['pg_up', 'postgres'],
      ['redis_up', 'redis'],
      ['probe_success{job="probe-tls"}', '{{service}} by TLS'],
    ),
    graph('SQL statements', 'reqps', ['sum by (service) (rate(db_query_duration_seconds_count[5m]))', '{{service}}']),
    graph('Slowest tables, 95 in 100', 's', [
      `topk(10, ${percentile(0.95, 'db_query_duration_seconds', { by: ['operation', 'table'] })})`,
      '{{operation}} {{table}}',
    ]),
    graph('SQL statements that failed', 'reqps', [
      rate('db_query_errors_total', 'service', 'error'),
      '{{service}}: {{error}}',
    ]),
    graph('SQL connections in use', 'percentunit', ['db_connections_active / db_connections_max', '{{service}}']),
    graph('Postgres: connections, size', 'short', ['sum by (state) (pg_stat_activity_count)', '{{state}}']),
    graph('Redis commands', 'reqps', [rate('redis_commands_total{service!=""}', 'service'), '{{service}}']),
    graph('Redis commands that failed', 'reqps', [
      rate('redis_errors_total{service!=""}', 'service', 'error'),
      '{{service}}: {{error}}',
    ]),
    graph('Redis: memory', 'bytes', ['redis_memory_used_bytes', 'used'], ['redis_memory_max_bytes', 'allowed']),
    graph('Cassandra, 95 in 100', 's', [
      percentile(0.95, 'cassandra_query_duration_seconds', { by: ['operation', 'table'] }),
      '{{operation}} {{table}}',
    ]),
    graph('Cassandra: statements that failed', 'reqps', [
      rate('cassandra_query_errors_total', 'operation', 'error'),
      '{{operation}}: {{error}}',
    ]),
    graph('Object store', 'reqps', [rate('minio_requests_total', 'operation', 'status'), '{{operation}} {{status}}']),
    graph('Stored for people', 'bytes', ['max(storage_quota_used_bytes)', 'files']),
    graph('Disk that is left', 'bytes', [
      'node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs"}',
      '{{mountpoint}}',
    ]),
    graph('Memory of the host', 'percentunit', ['node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes', 'left']),
  ],
}
