/**
 * The pages of the client. The gateway answers each of these paths with the same document, and no other path; those that
 * stand in mails are named by auth-service as well.
 */
export const pages = {
  home: '/',
  signIn: '/sign-in',
  signUp: '/sign-up',
  forgotPassword: '/forgot-password',
  verifyEmail: '/verify-email',
  resetPassword: '/reset-password',
  confirmEmail: '/confirm-email',
  conversation: '/conversations/:conversationId',
  calls: '/calls',
  call: '/calls/:callId',
  settings: '/settings',
  settingsSection: '/settings/:section',
  admin: '/admin',
  adminSection: '/admin/:section',
} as const
export type PageName = keyof typeof pages
