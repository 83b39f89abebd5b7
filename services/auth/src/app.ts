import { buildService, type Service } from '@secureconnect/service'
import { relayAccountJobs } from './account-jobs/relay-account-jobs.ts'
import type { Context } from './context.ts'
import { relayMail } from './mail-relay.ts'
import { banUser } from './routes/administration/ban-user.ts'
import { getHealth } from './routes/administration/get-health.ts'
import { getStats } from './routes/administration/get-stats.ts'
import { listAuditLogs } from './routes/administration/list-audit-logs.ts'
import { listUsers } from './routes/administration/list-users.ts'
import { unbanUser } from './routes/administration/unban-user.ts'
import { changePassword } from './routes/own-account/change-password.ts'
import { disableTotp } from './routes/own-account/disable-totp.ts'
import { downloadExport } from './routes/own-account/download-export.ts'
import { enableTotp } from './routes/own-account/enable-totp.ts'
import { eraseMe } from './routes/own-account/erase-me.ts'
import { getExport } from './routes/own-account/get-export.ts'
import { getMe } from './routes/own-account/get-me.ts'
import { requestExport } from './routes/own-account/request-export.ts'
import { setUpTotp } from './routes/own-account/setup-totp.ts'
import { updateMe } from './routes/own-account/update-me.ts'
import { acceptFriend } from './routes/people/accept-friend.ts'
import { askFriend } from './routes/people/ask-friend.ts'
import { blockUser } from './routes/people/block-user.ts'
import { getUser } from './routes/people/get-user.ts'
import { listBlocked } from './routes/people/list-blocked.ts'
import { listFriendRequests } from './routes/people/list-friend-requests.ts'
import { listFriends } from './routes/people/list-friends.ts'
import { rejectFriend } from './routes/people/reject-friend.ts'
import { removeFriend } from './routes/people/remove-friend.ts'
import { searchUsers } from './routes/people/search-users.ts'
import { unblockUser } from './routes/people/unblock-user.ts'
import { changeEmail } from './routes/recovery/change-email.ts'
import { confirmEmail } from './routes/recovery/confirm-email.ts'
import { requestPasswordReset } from './routes/recovery/request-password-reset.ts'
import { resendVerification } from './routes/recovery/resend-verification.ts'
import { resetPassword } from './routes/recovery/reset-password.ts'
import { verifyEmail } from './routes/recovery/verify-email.ts'
import { createSocketTicket } from './routes/signing-in/create-socket-ticket.ts'
import { endSession } from './routes/signing-in/end-session.ts'
import { getKeys, getWellKnownKeys } from './routes/signing-in/get-keys.ts'
import { getProfile } from './routes/signing-in/get-profile.ts'
import { listSessions } from './routes/signing-in/list-sessions.ts'
import { login } from './routes/signing-in/login.ts'
import { logout } from './routes/signing-in/logout.ts'
import { logoutAll } from './routes/signing-in/logout-all.ts'
import { refresh } from './routes/signing-in/refresh.ts'
import { register } from './routes/signing-in/register.ts'
import { dropOldSessions } from './sessions/drop-old-sessions.ts'
import { publishKeys } from './sessions/publish-keys.ts'
import { forgetOldAttempts } from './throttle/forget-old-attempts.ts'

const sessions = [logout, logoutAll, getProfile, listSessions, endSession, createSocketTicket]
const ownAccount = [updateMe, eraseMe, requestExport, getExport, downloadExport]
const people = [
  searchUsers,
  getUser,
  listFriends,
  listFriendRequests,
  askFriend,
  acceptFriend,
  rejectFriend,
  removeFriend,
  listBlocked,
  blockUser,
  unblockUser,
]
const protection = [changePassword, setUpTotp, enableTotp, disableTotp]
const recovery = [verifyEmail, resendVerification, requestPasswordReset, resetPassword, changeEmail, confirmEmail]
const administration = [getStats, listUsers, banUser, unbanUser, listAuditLogs, getHealth]

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, {
    routes: [
      register,
      login,
      refresh,
      getKeys,
      getWellKnownKeys,
      getMe,
      ...sessions,
      ...ownAccount,
      ...people,
      ...protection,
      ...recovery,
      ...administration,
    ],
    background: [publishKeys, dropOldSessions, relayMail, relayAccountJobs, forgetOldAttempts],
  })
}
