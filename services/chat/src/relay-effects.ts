import { type AccountSteps, accountNews, jobTopics } from '@secureconnect/account-jobs'
import { callEventTopic } from '@secureconnect/directory'
import { notificationTopic } from '@secureconnect/notifications'
import { startRelay } from '@secureconnect/outbox'
import { collectMember } from './account-jobs/collect-member.ts'
import { eraseMember } from './account-jobs/erase-member.ts'
import { createMessageErasure, eraseMessagesTopic } from './account-jobs/erase-messages.ts'
import { createKeyRemoval } from './account-jobs/forget-keys.ts'
import { createBanishment } from './account-jobs/remove-banned.ts'
import { createCallLog } from './calls/log-calls.ts'
import type { Context } from './context.ts'
import { purgeTopic } from './conversations/end-conversation.ts'
import { createPurge } from './conversations/purge-conversation.ts'
import { createDeviceNews, deviceListTopic } from './keys/announce-devices.ts'
import { createNotificationTopic } from './notifications/notify-for-others.ts'
import { createPushTopic } from './push/send-push.ts'
import { pushTopic } from './push/waiting-push.ts'

/** Carries out what waits in the outbox for chat: its part in account jobs, pushes, and what ended
 * conversations leave behind. */
export function relayEffects(context: Context): Promise<AsyncDisposable> {
  const { sql, kv, log, metrics } = context
  const steps: AccountSteps = {
    erase: (tx, step) => eraseMember(tx, step, context),
    collect: (queries, step) => collectMember(queries, step, context),
  }
  const topics = {
    ...jobTopics({ service: 'chat-service', steps, sql, kv, log }),
    [notificationTopic]: createNotificationTopic(context),
    [pushTopic]: createPushTopic(context),
    [purgeTopic]: createPurge(kv),
    [eraseMessagesTopic]: createMessageErasure(context),
    [callEventTopic]: createCallLog(context),
    [deviceListTopic]: createDeviceNews(context),
    [accountNews.banned]: createBanishment(context),
    [accountNews.reclaimed]: createKeyRemoval(kv),
  }
  return startRelay({ sql, kv, log, metrics, topics })
}
