import { buildService, type Service } from '@secureconnect/service'
import { relayAccountJobs } from './account-jobs/relay-account-jobs.ts'
import type { Context } from './context.ts'
import { relayMail } from './mail-relay.ts'
import { acceptFriend } from './routes/accept-friend.ts'
import { askFriend } from './routes/ask-friend.ts'
import { banUser } from './routes/ban-user.ts'
import { blockUser } from './routes/block-user.ts'
import { changeEmail } from './routes/change-email.ts'
import { changePassword } from './routes/change-password.ts'
import { confirmEmail } from './routes/confirm-email.ts'
import { createSocketTicket } from './routes/create-socket-ticket.ts'
import { disableTotp } from './routes/disable-totp.ts'
import { downloadExport } from './routes/download-export.ts'
import { enableTotp } from './routes/enable-totp.ts'
import { endSession } from './routes/end-session.ts'
import { eraseMe } from './routes/erase-me.ts'
import { getExport } from './routes/get-export.ts'
import { getHealth } from './routes/get-health.ts'
import { getKeys, getWellKnownKeys } from './routes/get-keys.ts'
import { getMe } from './routes/get-me.ts'
import { getProfile } from './routes/get-profile.ts'
import { getStats } from './routes/get-stats.ts'
import { getUser } from './routes/get-user.ts'
import { listAuditLogs } from './routes/list-audit-logs.ts'
import { listBlocked } from './routes/list-blocked.ts'
import { listFriendRequests } from './routes/list-friend-requests.ts'
import { listFriends } from './routes/list-friends.ts'
import { listSessions } from './routes/list-sessions.ts'
import { listUsers } from './routes/list-users.ts'
import { login } from './routes/login.ts'
import { logout } from './routes/logout.ts'
import { logoutAll } from './routes/logout-all.ts'
import { refresh } from './routes/refresh.ts'
import { register } from './routes/register.ts'
import { rejectFriend } from './routes/reject-friend.ts'
import { removeFriend } from './routes/remove-friend.ts'
import { requestExport } from './routes/request-export.ts'
import { requestPasswordReset } from './routes/request-password-reset.ts'
import { resendVerification } from './routes/resend-verification.ts'
import { resetPassword } from './routes/reset-password.ts'
import { searchUsers } from './routes/search-users.ts'
import { setUpTotp } from './routes/setup-totp.ts'
import { unbanUser } from './routes/unban-user.ts'
import { unblockUser } from './routes/unblock-user.ts'
import { updateMe } from './routes/update-me.ts'
import { verifyEmail } from './routes/verify-email.ts'
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
