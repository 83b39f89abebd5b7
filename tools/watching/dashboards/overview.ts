import { graph, logs, numbers, percentile, rate } from './panel.ts'
import type { Dashboard } from './write-dashboard.ts'

const ours = 'job=~"api-gateway|.+-service"'

export const overviewDashboard: Dashboard = {
  uid: 'overview',
  title: 'Overview',
  panels: [
    numbers('Services that answer', 'short', [`sum by (job) (up{${ours}})`, '{{job}}']),
    numbers('Alerts', 'short', [
      'count by (alertname) (ALERTS{alertstate="firing",alertname!="Watchdog"})',
      '{{alertname}}',
    ]),
    graph('Requests', 'reqps', [rate('http_requests_total', 'service'), '{{service}}']),
    graph('Requests that failed', 'percentunit', [
      `${rate('http_requests_total{status=~"5.."}', 'service')} / ${rate('http_requests_total', 'service')}`,
      '{{service}}',
    ]),
    graph('Time of 95 in 100 requests', 's', [
      percentile(0.95, 'http_request_duration_seconds', { by: ['service'] }),
      '{{service}}',
    ]),
    graph('Sockets', 'short', ['sum by (service) (websocket_connections)', '{{service}}']),
    graph('Messages', 'reqps', [rate('messages_sent_total', 'type'), '{{type}}']),
    graph('Calls', 'short', ['sum(calls_active)', 'under way']),
    graph(
      'Stores',
      's',
      [percentile(0.95, 'db_query_duration_seconds'), 'SQL'],
      [percentile(0.95, 'redis_command_duration_seconds'), 'Redis'],
      [percentile(0.95, 'cassandra_query_duration_seconds'), 'Cassandra'],
    ),
    graph('Done without', 'short', [
      'max by (service, dependency) (circuit_breaker_state) == 2',
      '{{service}}: {{dependency}}',
    ]),
    graph('Memory of the processes', 'bytes', ['process_resident_memory_bytes{service!=""}', '{{service}}']),
    graph('CPU of the processes', 'percentunit', ['rate(process_cpu_seconds_total{service!=""}[5m])', '{{service}}']),
    logs('Errors', '{job=~"api-gateway|.+-service", level=~"error|fatal"}'),
  ],
}
