function spanOf(seconds: number): string {
  if (seconds === 1) return 'a second'
  if (seconds < 120) return `${seconds} seconds`
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3_600)} hours`
}

/** What went wrong, and the way on. */
export const errors = {
  unknown: 'Something went wrong. Try again.',
  noAnswer: 'The server cannot be reached. Look at your connection, then try again.',
  busy: 'The server is busy at the moment. Try again in a few seconds.',
  tooOften: (seconds: number) => `Too many attempts. Try again in ${spanOf(seconds)}.`,
  keys: 'The keys of this conversation do not add up. Try again, or get new keys in its details.',
  reference: (id: string) => `Reference: ${id}`,
  byCode: {
    INVALID_CREDENTIALS: 'User name and password do not go together.',
    TOTP_REQUIRED: 'Enter the code of your authenticator app.',
    EMAIL_NOT_VERIFIED: 'Confirm your e-mail address first: open the link in the mail we sent you.',
    ACCOUNT_BANNED: 'This account is banned.',
    EMAIL_EXISTS: 'There is an account with this e-mail address already.',
    USERNAME_EXISTS: 'Somebody has this user name already. Choose another.',
    INVALID_GRANT: 'This link was used already, or its time is over. Ask for another one.',
    BLOCKED: 'You cannot write to this person.',
    CONVERSATION_NOT_FOUND: 'This conversation is not there, or you are no longer in it.',
    MESSAGE_NOT_FOUND: 'This message is not there any more.',
    E2EE_REQUIRED: 'This conversation is end-to-end encrypted, where this cannot be done.',
    LIMIT_REACHED: 'There are as many as there may be.',
    QUOTA_EXCEEDED: 'There is no more room for your files. Delete some first.',
    FILE_TOO_LARGE: 'This file is larger than this server takes.',
    FILE_NOT_FOUND: 'This file is not there any more.',
  } as Readonly<Record<string, string>>,
}
