import { graph, numbers, percentile, rate } from './panel.ts'
import type { Dashboard } from './write-dashboard.ts'

export const httpDashboard: Dashboard = {
  uid: 'http',
  title: 'HTTP and SLOs',
  panels: [
    numbers('Failures within 3 days, of those allowed', 'percentunit', [
      'slo:failures:ratio3d / on (slo) slo:budget',
      '{{slo}}',
    ]),
    graph('How fast allowances are used up', 'short', ['slo:failures:ratio1h / on (slo) slo:budget', '{{slo}}']),
    graph('Failures within an hour', 'percentunit', ['slo:failures:ratio1h', '{{slo}}']),
    graph('Answers by status', 'reqps', [rate('http_requests_total{service="api-gateway"}', 'status'), '{{status}}']),
    graph('Busiest operations', 'reqps', [
      `topk(10, ${rate('http_requests_total{service="api-gateway"}', 'method', 'endpoint')})`,
      '{{method}} {{endpoint}}',
    ]),
    graph('Slowest operations, 95 in 100', 's', [
      `topk(10, ${percentile(0.95, 'http_request_duration_seconds', { by: ['method', 'endpoint'], where: 'service="api-gateway"' })})`,
      '{{method}} {{endpoint}}',
    ]),
    graph('Under way', 'short', ['sum by (service) (http_requests_in_flight)', '{{service}}']),
    graph('Refused to stay responsive', 'reqps', [
      rate('requests_shed_total', 'service', 'class'),
      '{{service}} {{class}}',
    ]),
    graph('Refused by a rate limit', 'reqps', [rate('rate_limit_blocked_total', 'endpoint'), '{{endpoint}}']),
    graph('Lag of the event loop, 99 in 100', 's', ['nodejs_eventloop_lag_p99_seconds', '{{service}}']),
    graph('Event loop busy', 'percentunit', ['nodejs_eventloop_utilization_ratio', '{{service}}']),
    graph('Calls tried again', 'reqps', [
      rate('retries_total', 'service', 'dependency'),
      '{{service}}: {{dependency}}',
    ]),
  ],
}
