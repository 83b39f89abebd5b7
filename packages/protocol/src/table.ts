import type { Operation } from './operation.ts'
import { accounts } from './operations/accounts.ts'
import { admin } from './operations/admin.ts'
import { callModeration } from './operations/call-moderation.ts'
import { callRecordings } from './operations/call-recordings.ts'
import { callReports } from './operations/call-reports.ts'
import { calls } from './operations/calls.ts'
import { commits } from './operations/commits.ts'
import { conversations } from './operations/conversations.ts'
import { credentials } from './operations/credentials.ts'
import { devices } from './operations/devices.ts'
import { factors } from './operations/factors.ts'
import { files } from './operations/files.ts'
import { iceServers } from './operations/ice-servers.ts'
import { keyBackup } from './operations/key-backup.ts'
import { keys } from './operations/keys.ts'
import { messages } from './operations/messages.ts'
import { notifications } from './operations/notifications.ts'
import { ownAccount } from './operations/own-account.ts'
import { people } from './operations/people.ts'
import { pins } from './operations/pins.ts'
import { polls } from './operations/polls.ts'
import { presence } from './operations/presence.ts'
import { push } from './operations/push.ts'
import { reactions } from './operations/reactions.ts'
import { receipts } from './operations/receipts.ts'
import { recovery } from './operations/recovery.ts'
import { moderation, reports } from './operations/reports.ts'
import { search } from './operations/search.ts'
import { sessions } from './operations/sessions.ts'

/** Every REST operation of the product. The gateway forwards these and nothing else. */
export const allOperations: readonly Operation[] = [
  ...Object.values(accounts),
  ...Object.values(admin),
  ...Object.values(calls),
  ...Object.values(callModeration),
  ...Object.values(callRecordings),
  ...Object.values(callReports),
  ...Object.values(commits),
  ...Object.values(conversations),
  ...Object.values(credentials),
  ...Object.values(devices),
  ...Object.values(factors),
  ...Object.values(files),
  ...Object.values(iceServers),
  ...Object.values(keyBackup),
  ...Object.values(keys),
  ...Object.values(messages),
  ...Object.values(notifications),
  ...Object.values(people),
  ...Object.values(ownAccount),
  ...Object.values(pins),
  ...Object.values(polls),
  ...Object.values(presence),
  ...Object.values(reactions),
  ...Object.values(push),
  ...Object.values(receipts),
  ...Object.values(recovery),
  ...Object.values(moderation),
  ...Object.values(reports),
  ...Object.values(search),
  ...Object.values(sessions),
]
