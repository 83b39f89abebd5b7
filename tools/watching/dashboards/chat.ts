import { graph, percentile, rate } from './panel.ts'
import type { Dashboard } from './write-dashboard.ts'

export const chatDashboard: Dashboard = {
  uid: 'chat',
  title: 'Chat',
  panels: [
    graph('Messages sent', 'reqps', [rate('messages_sent_total', 'type'), '{{type}}']),
    graph('Messages written to sockets', 'reqps', [rate('messages_received_total', 'type'), '{{type}}']),
    graph(
      'From commit to the socket',
      's',
      [percentile(0.5, 'chat_delivery_duration_seconds'), '50 in 100'],
      [percentile(0.99, 'chat_delivery_duration_seconds'), '99 in 100'],
    ),
    graph('Sockets', 'short', ['sum by (service) (websocket_connections)', '{{service}}']),
    graph('Frames', 'reqps', [
      rate('websocket_messages_total{service="chat-service"}', 'direction', 'type'),
      '{{direction}} {{type}}',
    ]),
    graph('Sockets refused or ended by an error', 'reqps', [
      rate('websocket_errors_total', 'service', 'error'),
      '{{service}}: {{error}}',
    ]),
    graph('Messages committed together', 'short', [percentile(0.95, 'chat_send_lane_batch_size'), '95 in 100']),
    graph('Asked for what they missed', 'reqps', [rate('chat_resume_total', 'result'), '{{result}}']),
    graph('Events not yet in the archive', 'short', ['max(chat_archive_lag_events)', 'events']),
    graph(
      'Pushes',
      'reqps',
      [rate('push_notifications_total', 'platform'), '{{platform}}'],
      [rate('push_notifications_failed_total', 'platform', 'reason'), '{{platform}}: {{reason}}'],
    ),
    graph('Side effects that wait', 'short', ['max by (topic) (outbox_pending)', '{{topic}}']),
    graph('Oldest of them', 's', ['max by (topic) (outbox_oldest_seconds)', '{{topic}}']),
  ],
}
