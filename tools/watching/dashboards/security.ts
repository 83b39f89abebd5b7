import { graph, logs, numbers, rate } from './panel.ts'
import type { Dashboard } from './write-dashboard.ts'

export const securityDashboard: Dashboard = {
  uid: 'security',
  title: 'Security',
  panels: [
    graph(
      'Logins',
      'reqps',
      ['sum(rate(auth_login_success_total[5m]))', 'in'],
      ['sum(rate(auth_login_failed_total[5m]))', 'refused'],
    ),
    graph('Refused, by reason', 'reqps', [rate('auth_failures_total', 'method', 'reason'), '{{method}}: {{reason}}']),
    graph('Refused, by network', 'short', ['topk(10, increase(auth_login_failed_by_ip[1h]))', '{{ip}}']),
    graph('Refused by the throttle', 'reqps', ['sum(rate(auth_account_locked_total[5m]))', 'logins']),
    graph(
      'Refresh tokens',
      'reqps',
      ['sum(rate(auth_refresh_token_success_total[5m]))', 'exchanged'],
      ['sum(rate(auth_refresh_token_invalid_total[5m]))', 'refused'],
      ['sum(rate(auth_refresh_token_blacklisted_total[5m]))', 'of ended sessions'],
    ),
    numbers('Refresh tokens used twice today', 'short', [
      'sum(increase(auth_refresh_token_reuse_total[1d]))',
      'sessions ended',
    ]),
    graph('Refused by a rate limit', 'reqps', [rate('rate_limit_blocked_total', 'endpoint'), '{{endpoint}}']),
    graph('Uploads refused', 'reqps', [rate('storage_upload_rejected_total', 'reason'), '{{reason}}']),
    graph('Passwords reset', 'reqps', ['sum(rate(auth_password_reset_total[5m]))', 'passwords']),
    graph('Audit records', 'reqps', [rate('audit_events_total', 'action', 'result'), '{{action}} {{result}}']),
    graph('Audit records that wait', 'short', [
      'sum by (service) (increase(audit_write_failures_total[10m]))',
      '{{service}}',
    ]),
    numbers('Days until certificates end', 'd', ['(probe_ssl_earliest_cert_expiry - time()) / 86400', '{{service}}']),
    logs('Audit', '{stream="audit"}'),
  ],
}
