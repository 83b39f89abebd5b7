import { useEffect } from 'preact/hooks'
import { ConfirmEmailPage, VerifyEmailPage } from '../account/confirm-page.tsx'
import { ForgotPasswordPage } from '../account/forgot-password-page.tsx'
import { ResetPasswordPage } from '../account/reset-password-page.tsx'
import { standing } from '../account/session.ts'
import { SignInPage } from '../account/sign-in-page.tsx'
import { SignUpPage } from '../account/sign-up-page.tsx'
import { unreadTotal } from '../chat/list/conversations.ts'
import { Workspace } from '../chat/workspace.tsx'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
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

function isKeyOf<T extends object>(pages: T, page: PropertyKey): page is keyof T {
  return page in pages
}

function LedOn() {
  useEffect(() => go(pages.home, { isReplacing: true }), [])
  return null
}

/** The page for where one is and who one is. A page for members is kept while its visitor signs in first. */
export function App() {
  const { page } = place.value
  const { is } = standing.value
  useEffect(() => {
    const count = unreadTotal.value
    document.title = count > 0 ? `(${count}) ${words.product}` : words.product
  }, [unreadTotal.value])

  if (isKeyOf(openPages, page)) {
    const Page = openPages[page]
    return <Page />
  }
  if (is === 'unknown') return <p class="waiting">{words.loading}</p>
  if (is === 'signed-in') {
    if (isKeyOf(entrancePages, page)) return <LedOn />
    return page === 'confirmEmail' ? <ConfirmEmailPage /> : <Workspace />
  }
  const Page = isKeyOf(entrancePages, page) ? entrancePages[page] : SignInPage
  return <Page />
}
