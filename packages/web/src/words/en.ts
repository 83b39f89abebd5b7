import { account } from './en/account.ts'
import { admin } from './en/admin.ts'
import { calls } from './en/calls.ts'
import { chat } from './en/chat.ts'
import { encryption } from './en/encryption.ts'
import { errors } from './en/errors.ts'
import { files } from './en/files.ts'
import { notices } from './en/notices.ts'
import { settings } from './en/settings.ts'
import { shell } from './en/shell.ts'
import { trust } from './en/trust.ts'

/** Every word that people read, in English. */
export const en = {
  product: 'SecureConnect',
  motto: 'Your people, your server.',
  loading: 'Loading …',
  tryAgain: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  back: 'Back',
  save: 'Save',
  more: 'Show more',
  deletedAccount: 'Deleted account',

  ...account,
  ...chat,
  calls,
  ...shell,
  settings,
  admin,
  files,
  encryption,
  notices,
  trust,
  errors,
}

export type Words = typeof en
