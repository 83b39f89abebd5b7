import type { ServiceName } from '@secureconnect/protocol'
import { counter, gauge, histogram } from '../family.ts'

const services: readonly ServiceName[] = ['video-service']
const type = ['audio', 'video'] as const

/** Calls, media workers and relays. */
export const callFamilies = {
  calls: counter('calls_total', {
    help: 'Calls by how they went',
    services,
    labels: ['type', 'status'],
    known: { type, status: ['ringing', 'active', 'ended', 'missed', 'declined', 'cancelled', 'busy'] },
  }),
  callsActive: gauge('calls_active', { help: 'Calls under way whose room this process has', services }),
  callsDuration: histogram('calls_duration_seconds', {
    help: 'Length of ended calls',
    services,
    labels: ['type'],
    buckets: [5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400],
  }),
  callsFailed: counter('calls_failed_total', { help: 'Calls that failed', services, labels: ['type', 'reason'] }),
  callRecoverySuccess: counter('call_recovery_success_total', { help: 'Calls taken back after a restart', services }),
  callRecoveryFailed: counter('call_recovery_failed_total', {
    help: 'Calls that a restart ended',
    services,
    labels: ['reason'],
  }),
  mediaWorkerCpu: gauge('media_worker_cpu_ratio', {
    help: 'Share of a core that a media worker uses',
    services,
    labels: ['worker'],
  }),
  mediaWorkerDeaths: counter('media_worker_deaths_total', { help: 'Media workers that died', services }),
  mediaPacketsOut: counter('media_packets_out_total', { help: 'RTP packets sent', services }),
  mediaPacketLoss: gauge('media_packet_loss_ratio', { help: 'Share of packets lost', services }),
  mediaJoinDuration: histogram('media_join_duration_seconds', { help: 'From joining to the first packet', services }),
  mediaQualityScore: histogram('media_quality_score', {
    help: 'Quality as people get it, 0 to 5',
    services,
    labels: ['direction'],
    buckets: [1, 2, 2.5, 3, 3.5, 4, 4.5, 5],
  }),
  recordings: counter('recordings_total', {
    help: 'Recordings by what became of them',
    services,
    labels: ['status'],
    known: { status: ['ready', 'failed'] },
  }),
  recordingsActive: gauge('recordings_active', { help: 'Calls that are being recorded', services }),
  recordingTracksActive: gauge('recording_tracks_active', { help: 'Recorders at work, one for each track', services }),
  recorderDeaths: counter('recorder_deaths_total', {
    help: 'Recorders that died and were followed by another',
    services,
  }),
  recordingBytes: counter('recording_bytes_total', { help: 'Bytes of recordings that were stored', services }),
  composites: counter('composites_total', {
    help: 'Composites of recordings by what became of them',
    services,
    labels: ['status'],
    known: { status: ['done', 'failed'] },
  }),
  compositesActive: gauge('composites_active', { help: 'Composites of recordings that are being made', services }),
  turnUp: gauge('turn_up', { help: '1 while an allocation succeeds', services, labels: ['transport'] }),
}
