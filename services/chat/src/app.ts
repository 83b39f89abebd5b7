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
import { addParticipants } from './routes/add-participants.ts'
import { addReaction } from './routes/add-reaction.ts'
import { claimKeys } from './routes/claim-keys.ts'
import { closePoll } from './routes/close-poll.ts'
import { countKeys } from './routes/count-keys.ts'
import { countNotifications } from './routes/count-notifications.ts'
import { countPushTokens } from './routes/count-push-tokens.ts'
import { createCommit } from './routes/create-commit.ts'
import { createConversation } from './routes/create-conversation.ts'
import { createPoll } from './routes/create-poll.ts'
import { deleteConversation } from './routes/delete-conversation.ts'
import { deleteMessage } from './routes/delete-message.ts'
import { deleteNotification } from './routes/delete-notification.ts'
import { deletePoll } from './routes/delete-poll.ts'
import { editMessage } from './routes/edit-message.ts'
import { forwardMessage } from './routes/forward-message.ts'
import { getCommit } from './routes/get-commit.ts'
import { getConversation } from './routes/get-conversation.ts'
import { getKeyBackup } from './routes/get-key-backup.ts'
import { getMessage } from './routes/get-message.ts'
import { getMessageHistory } from './routes/get-message-history.ts'
import { getNotificationPreferences } from './routes/get-notification-preferences.ts'
import { getPoll } from './routes/get-poll.ts'
import { getReceiptPreferences } from './routes/get-receipt-preferences.ts'
import { listActivePolls } from './routes/list-active-polls.ts'
import { listCommits } from './routes/list-commits.ts'
import { listConversationReceipts } from './routes/list-conversation-receipts.ts'
import { listConversations } from './routes/list-conversations.ts'
import { listDevices } from './routes/list-devices.ts'
import { listKeys } from './routes/list-keys.ts'
import { listMessageReceipts } from './routes/list-message-receipts.ts'
import { listMessages } from './routes/list-messages.ts'
import { listNotifications } from './routes/list-notifications.ts'
import { listParticipants } from './routes/list-participants.ts'
import { listPins } from './routes/list-pins.ts'
import { listPolls } from './routes/list-polls.ts'
import { listPresence } from './routes/list-presence.ts'
import { listPushTokens } from './routes/list-push-tokens.ts'
import { listReactions } from './routes/list-reactions.ts'
import { listReports } from './routes/list-reports.ts'
import { pinMessage } from './routes/pin-message.ts'
import { readAllNotifications } from './routes/read-all-notifications.ts'
import { readConversation } from './routes/read-conversation.ts'
import { readNotification } from './routes/read-notification.ts'
import { registerDevice } from './routes/register-device.ts'
import { registerPushToken } from './routes/register-push-token.ts'
import { removeDevice } from './routes/remove-device.ts'
import { removeParticipant } from './routes/remove-participant.ts'
import { removePushToken } from './routes/remove-push-token.ts'
import { removePushTokens } from './routes/remove-push-tokens.ts'
import { removeReaction } from './routes/remove-reaction.ts'
import { reportMessage } from './routes/report-message.ts'
import { reportUser } from './routes/report-user.ts'
import { rotateKeys } from './routes/rotate-keys.ts'
import { saveKeyBackup } from './routes/save-key-backup.ts'
import { searchMessages } from './routes/search-messages.ts'
import { sendMessage } from './routes/send-message.ts'
import { setNotifications } from './routes/set-notifications.ts'
import { setPresence } from './routes/set-presence.ts'
import { setReceiptPreferences } from './routes/set-receipt-preferences.ts'
import { sync } from './routes/sync.ts'
import { tellDelivered } from './routes/tell-delivered.ts'
import { tellTyping } from './routes/tell-typing.ts'
import { testPush } from './routes/test-push.ts'
import { unpinMessage } from './routes/unpin-message.ts'
import { updateConversation } from './routes/update-conversation.ts'
import { updateConversationSettings } from './routes/update-conversation-settings.ts'
import { updateNotificationPreferences } from './routes/update-notification-preferences.ts'
import { updateParticipant } from './routes/update-participant.ts'
import { updateReport } from './routes/update-report.ts'
import { uploadKeys } from './routes/upload-keys.ts'
import { voteInPoll } from './routes/vote-in-poll.ts'
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
const devices = [listDevices, registerDevice, removeDevice]
const keys = [uploadKeys, rotateKeys, countKeys, listKeys, claimKeys, saveKeyBackup, getKeyBackup]
const notifications = [
  listNotifications,
  countNotifications,
  getNotificationPreferences,
  updateNotificationPreferences,
  readNotification,
  readAllNotifications,
  deleteNotification,
]
const push = [registerPushToken, listPushTokens, removePushToken, removePushTokens, countPushTokens, testPush]
const groups = [createCommit, listCommits, getCommit]
const moderating = [reportUser, reportMessage, listReports, updateReport]
const keeping = [
  runArchiver,
  runIndexer,
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
