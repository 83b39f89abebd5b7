import { graph, percentile, rate } from './panel.ts'
import type { Dashboard } from './write-dashboard.ts'

export const callsDashboard: Dashboard = {
  uid: 'calls',
  title: 'Calls',
  panels: [
    graph('Calls under way', 'short', ['sum by (instance) (calls_active)', '{{instance}}']),
    graph('Calls by how they went', 'reqps', [rate('calls_total', 'type', 'status'), '{{type}} {{status}}']),
    graph('Calls that failed', 'reqps', [rate('calls_failed_total', 'type', 'reason'), '{{type}}: {{reason}}']),
    graph(
      'From joining to the first packet',
      's',
      [percentile(0.5, 'media_join_duration_seconds'), '50 in 100'],
      [percentile(0.95, 'media_join_duration_seconds'), '95 in 100'],
    ),
    graph('Quality of one in ten, 0 to 5', 'short', [
      percentile(0.1, 'media_quality_score', { by: ['direction'] }),
      '{{direction}}',
    ]),
    graph('Packets lost', 'percentunit', ['media_packet_loss_ratio', '{{instance}}']),
    graph('Packets sent', 'reqps', [rate('media_packets_out_total', 'instance'), '{{instance}}']),
    graph('Media workers, of a core', 'percentunit', ['media_worker_cpu_ratio', '{{instance}} {{worker}}']),
    graph('Media workers that died', 'short', ['increase(media_worker_deaths_total[1h])', '{{instance}}']),
    graph('Relay', 'short', ['min by (transport) (turn_up)', '{{transport}}']),
    graph(
      'Calls taken back after a restart',
      'short',
      ['sum(increase(call_recovery_success_total[1h]))', 'taken back'],
      ['sum by (reason) (increase(call_recovery_failed_total[1h]))', 'ended: {{reason}}'],
    ),
    graph('Recordings', 'short', ['sum(recordings_active)', 'recorded'], ['sum(composites_active)', 'composed']),
  ],
}
