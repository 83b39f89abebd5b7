import { buildService, type Service } from '@secureconnect/service'
import { dropArchived } from './archive/drop-archived.ts'
import { runArchiver, runTrimming } from './archive/run-archiver.ts'
import { tellDegraded } from './archive/tell-degraded.ts'
import type { Context } from './context.ts'
import { forgetOldRows } from './conversations/forget-old-rows.ts'
import { sweepLogs } from './fan-out/sweep-logs.ts'
import { applyRetention } from './history/apply-retention.ts'
import { expireMessages } from './history/expire-messages.ts'
import { runNotifier } from './notifications/run-notifier.ts'
import { closeDuePolls } from './polls/close-due-polls.ts'
import { endTokens } from './push/end-tokens.ts'
import { relayEffects } from './relay-effects.ts'
import { addParticipants } from './routes/conversations/add-participants.ts'
import { createConversation } from './routes/conversations/create-conversation.ts'
import { deleteConversation } from './routes/conversations/delete-conversation.ts'
import { getConversation } from './routes/conversations/get-conversation.ts'
import { listConversations } from './routes/conversations/list-conversations.ts'
import { listParticipants } from './routes/conversations/list-participants.ts'
import { removeParticipant } from './routes/conversations/remove-participant.ts'
import { setNotifications } from './routes/conversations/set-notifications.ts'
import { sync } from './routes/conversations/sync.ts'
import { updateConversation } from './routes/conversations/update-conversation.ts'
import { updateConversationSettings } from './routes/conversations/update-conversation-settings.ts'
import { updateParticipant } from './routes/conversations/update-participant.ts'
import { claimKeys } from './routes/encryption/claim-keys.ts'
import { countKeys } from './routes/encryption/count-keys.ts'
import { createCommit } from './routes/encryption/create-commit.ts'
import { deleteKeyBackup } from './routes/encryption/delete-key-backup.ts'
import { getCommit } from './routes/encryption/get-commit.ts'
import { getKeyBackup } from './routes/encryption/get-key-backup.ts'
import { listCommits } from './routes/encryption/list-commits.ts'
import { listConversationDevices } from './routes/encryption/list-conversation-devices.ts'
import { listDevices } from './routes/encryption/list-devices.ts'
import { listKeys } from './routes/encryption/list-keys.ts'
import { openKeyBackup } from './routes/encryption/open-key-backup.ts'
import { registerDevice } from './routes/encryption/register-device.ts'
import { removeDevice } from './routes/encryption/remove-device.ts'
import { rotateKeys } from './routes/encryption/rotate-keys.ts'
import { saveKeyBackup } from './routes/encryption/save-key-backup.ts'
import { uploadKeys } from './routes/encryption/upload-keys.ts'
import { addReaction } from './routes/messages/add-reaction.ts'
import { deleteMessage } from './routes/messages/delete-message.ts'
import { editMessage } from './routes/messages/edit-message.ts'
import { forwardMessage } from './routes/messages/forward-message.ts'
import { getMessage } from './routes/messages/get-message.ts'
import { getMessageHistory } from './routes/messages/get-message-history.ts'
import { listMessages } from './routes/messages/list-messages.ts'
import { listPins } from './routes/messages/list-pins.ts'
import { listReactions } from './routes/messages/list-reactions.ts'
import { pinMessage } from './routes/messages/pin-message.ts'
import { removeReaction } from './routes/messages/remove-reaction.ts'
import { searchMessages } from './routes/messages/search-messages.ts'
import { sendMessage } from './routes/messages/send-message.ts'
import { unpinMessage } from './routes/messages/unpin-message.ts'
import { listReports } from './routes/moderation/list-reports.ts'
import { reportMessage } from './routes/moderation/report-message.ts'
import { reportUser } from './routes/moderation/report-user.ts'
import { updateReport } from './routes/moderation/update-report.ts'
import { countNotifications } from './routes/notifications/count-notifications.ts'
import { countPushTokens } from './routes/notifications/count-push-tokens.ts'
import { deleteNotification } from './routes/notifications/delete-notification.ts'
import { getNotificationPreferences } from './routes/notifications/get-notification-preferences.ts'
import { getWebApp } from './routes/notifications/get-web-app.ts'
import { listNotifications } from './routes/notifications/list-notifications.ts'
import { listPushTokens } from './routes/notifications/list-push-tokens.ts'
import { readAllNotifications } from './routes/notifications/read-all-notifications.ts'
import { readNotification } from './routes/notifications/read-notification.ts'
import { registerPushToken } from './routes/notifications/register-push-token.ts'
import { removePushToken } from './routes/notifications/remove-push-token.ts'
import { removePushTokens } from './routes/notifications/remove-push-tokens.ts'
import { testPush } from './routes/notifications/test-push.ts'
import { updateNotificationPreferences } from './routes/notifications/update-notification-preferences.ts'
import { getReceiptPreferences } from './routes/people/get-receipt-preferences.ts'
import { listConversationReceipts } from './routes/people/list-conversation-receipts.ts'
import { listMessageReceipts } from './routes/people/list-message-receipts.ts'
import { listPresence } from './routes/people/list-presence.ts'
import { readConversation } from './routes/people/read-conversation.ts'
import { setPresence } from './routes/people/set-presence.ts'
import { setReceiptPreferences } from './routes/people/set-receipt-preferences.ts'
import { tellDelivered } from './routes/people/tell-delivered.ts'
import { tellTyping } from './routes/people/tell-typing.ts'
import { closePoll } from './routes/polls/close-poll.ts'
import { createPoll } from './routes/polls/create-poll.ts'
import { deletePoll } from './routes/polls/delete-poll.ts'
import { getPoll } from './routes/polls/get-poll.ts'
import { listActivePolls } from './routes/polls/list-active-polls.ts'
import { listPolls } from './routes/polls/list-polls.ts'
import { voteInPoll } from './routes/polls/vote-in-poll.ts'
import { indexArchive } from './search/index-archived.ts'
import { runIndexer } from './search/run-indexer.ts'
import { chatSocket } from './ws/chat-socket.ts'

const messages = [sendMessage, editMessage, deleteMessage, forwardMessage]
const history = [listMessages, getMessage, getMessageHistory, readConversation, searchMessages]
const additions = [addReaction, removeReaction, listReactions, pinMessage, unpinMessage, listPins]
const polls = [createPoll, listPolls, listActivePolls, getPoll, voteInPoll, closePoll, deletePoll]
const receipts = [
  getReceiptPreferences,
  setReceiptPreferences,
  tellDelivered,
  listConversationReceipts,
  listMessageReceipts,
]
const conversations = [
  createConversation,
  listConversations,
  getConversation,
  updateConversation,
  deleteConversation,
  updateConversationSettings,
  setNotifications,
  sync,
]
const people = [setPresence, listPresence, tellTyping]
const participants = [addParticipants, listParticipants, updateParticipant, removeParticipant]
const devices = [listDevices, listConversationDevices, registerDevice, removeDevice]
const keys = [uploadKeys, rotateKeys, countKeys, listKeys, claimKeys]
const keyBackups = [saveKeyBackup, getKeyBackup, openKeyBackup, deleteKeyBackup]
const notifications = [
  listNotifications,
  countNotifications,
  getNotificationPreferences,
  updateNotificationPreferences,
  readNotification,
  readAllNotifications,
  deleteNotification,
]
const push = [
  registerPushToken,
  listPushTokens,
  removePushToken,
  removePushTokens,
  countPushTokens,
  getWebApp,
  testPush,
]
const groups = [createCommit, listCommits, getCommit]
const moderating = [reportUser, reportMessage, listReports, updateReport]
const keeping = [
  runArchiver,
  runIndexer,
  indexArchive,
  runTrimming,
  dropArchived,
  expireMessages,
  closeDuePolls,
  applyRetention,
  sweepLogs,
  forgetOldRows,
  relayEffects,
  runNotifier,
  endTokens,
]

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, {
    routes: [
      ...messages,
      ...history,
      ...additions,
      ...conversations,
      ...participants,
      ...people,
      ...devices,
      ...keys,
      ...keyBackups,
      ...notifications,
      ...push,
      ...groups,
      ...polls,
      ...receipts,
      ...moderating,
    ],
    sockets: [chatSocket],
    background: keeping,
    extend: tellDegraded,
  })
}
