import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { ConfirmEmailPage, VerifyEmailPage } from '../account/confirm-page.tsx'
import { ForgotPasswordPage } from '../account/forgot-password-page.tsx'
import { ResetPasswordPage } from '../account/reset-password-page.tsx'
import { standing } from '../account/session.ts'
import { SignInPage } from '../account/sign-in-page.tsx'
import { SignUpPage } from '../account/sign-up-page.tsx'
import { CallPresence } from '../calls/call-places.tsx'
import { Workspace } from '../chat/workspace.tsx'
import { type PageName, pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { apart } from './apart.tsx'
import { Guarded } from './guarded.tsx'
import { go, place } from './router.ts'

/** Pages that need nobody to be signed in, and stay what they are when somebody is. */
const openPages = {
  verifyEmail: VerifyEmailPage,
  resetPassword: ResetPasswordPage,
} as const

/** Pages for whoever is not signed in; anybody else is led on from them. */
const entrancePages = {
  signIn: SignInPage,
  signUp: SignUpPage,
  forgotPassword: ForgotPasswordPage,
} as const

const CallsPage = apart(async () => (await import('../calls/history/history-page.tsx')).HistoryPage)
const SettingsPage = apart(async () => (await import('../settings/settings-page.tsx')).SettingsPage)
const AdminPage = apart(async () => (await import('../admin/admin-page.tsx')).AdminPage)

/** Pages for whoever is signed in. */
const memberPages: Readonly<Record<Exclude<PageName, keyof (typeof openPages & typeof entrancePages)>, ComponentType>> =
  {
    home: Workspace,
    conversation: Workspace,
    confirmEmail: ConfirmEmailPage,
    calls: CallsPage,
    call: CallsPage,
    settings: SettingsPage,
    settingsSection: SettingsPage,
    admin: AdminPage,
    adminSection: AdminPage,
  }

function isKeyOf<T extends object>(pages: T, page: PropertyKey): page is keyof T {
  return page in pages
}

function LedOn() {
  useEffect(() => go(pages.home, { isReplacing: true }), [])
  return null
}

/** The page for where one is and who one is. A page for members is kept while its visitor signs in first. */
function choosePage(): ComponentType | undefined {
  const { page } = place.value
  const { is } = standing.value
  if (isKeyOf(openPages, page)) return openPages[page]
  if (is === 'unknown') return undefined
  if (isKeyOf(entrancePages, page)) return is === 'signed-in' ? LedOn : entrancePages[page]
  return is === 'signed-in' ? memberPages[page] : SignInPage
}

export function App() {
  const Page = choosePage()
  if (!Page) return <p class="waiting">{words.loading}</p>
  return (
    <>
      <Guarded key={Page}>
        <Page />
      </Guarded>
      <CallPresence />
    </>
  )
}
