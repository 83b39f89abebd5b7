import type { ServiceName } from '@secureconnect/protocol'
import { counter, gauge, histogram } from '../family.ts'

const services: readonly ServiceName[] = ['chat-service']
const pushServices: readonly ServiceName[] = ['chat-service', 'video-service']
const messageTypes = { type: ['text', 'image', 'video', 'audio', 'file', 'system'] } as const

/** Messages, their archive and pushes. */
export const chatFamilies = {
  messages: counter('messages_total', {
    help: 'Messages stored',
    services,
    labels: ['type'],
    known: messageTypes,
  }),
  messagesSent: counter('messages_sent_total', {
    help: 'Messages that people sent',
    services,
    labels: ['type'],
    known: messageTypes,
  }),
  messagesReceived: counter('messages_received_total', {
    help: 'Messages written to sockets',
    services,
    labels: ['type'],
    known: messageTypes,
  }),
  archiveLag: gauge('chat_archive_lag_events', { help: 'Events not yet in the archive', services }),
  sendLaneBatchSize: histogram('chat_send_lane_batch_size', {
    help: 'Messages committed together',
    services,
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_000],
  }),
  deliveryDuration: histogram('chat_delivery_duration_seconds', {
    help: 'From commit to the write to a socket',
    services,
  }),
  resume: counter('chat_resume_total', {
    help: 'Subscriptions that asked for what they missed',
    services,
    labels: ['result'],
    known: { result: ['recovered', 'not_recovered'] },
  }),
  pushNotifications: counter('push_notifications_total', {
    help: 'Pushes sent',
    services: pushServices,
    labels: ['type', 'platform'],
  }),
  pushNotificationsFailed: counter('push_notifications_failed_total', {
    help: 'Pushes that could not be sent',
    services: pushServices,
    labels: ['type', 'platform', 'reason'],
  }),
}
