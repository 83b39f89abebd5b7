import { computed, effect, signal } from '@preact/signals'
import { insist, type User } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { kept } from '../app/kept.ts'
import { keptBytes } from '../app/kept-bytes.ts'
import { forgetDevice } from '../encryption/own-device.ts'
import { meet } from '../people/people.ts'
import { describeDevice } from './device-name.ts'

/** Who uses this page: nobody knows before the browser's session was asked for. */
export type Standing = { is: 'unknown' } | { is: 'signed-out'; wasEnded: boolean } | { is: 'signed-in'; me: User }

export const standing = signal<Standing>({ is: 'unknown' })

const isSignedIn = computed(() => standing.value.is === 'signed-in')

let isLeaving = false
client.onSignedOut(() => {
  standing.value = { is: 'signed-out', wasEnded: !isLeaving }
})

/** Calls `begin` each time somebody has signed in, and what it answers when that is over. */
export function whileSignedIn(begin: () => () => void): void {
  effect(() => (isSignedIn.value ? begin() : undefined))
}

/** Takes in how the account of this page's visitor is now. */
export function enter(me: User): void {
  meet([me])
  standing.value = { is: 'signed-in', me }
}

/** Goes on with the session of an earlier page; without a line it waits for one. */
export async function restoreSession(): Promise<void> {
  const wasThere = await insist(() => client.restore())
  if (!wasThere) {
    standing.value = { is: 'signed-out', wasEnded: false }
    return
  }
  await insist(async () => enter(await client.rest.accounts.getMe())).catch(() => {
    // Refused for good: the session was ended elsewhere.
    standing.value = { is: 'signed-out', wasEnded: true }
  })
}

export async function signIn(credentials: { login: string; password: string; totp?: string }): Promise<void> {
  const { login, ...others } = credentials
  const device_name = describeDevice(navigator.userAgent)
  enter(
    await client.signIn({ ...others, device_name, ...(login.includes('@') ? { email: login } : { username: login }) }),
  )
}

/** Makes an account; false where its address has to be confirmed before anybody can sign in. */
export async function signUp(person: Parameters<typeof client.register>[0]): Promise<boolean> {
  const user = await client.register({ ...person, device_name: describeDevice(navigator.userAgent) })
  if (client.userId === undefined) return false
  enter(user)
  return true
}

export async function signOut(): Promise<void> {
  isLeaving = true
  try {
    await kept.forgetAll()
    await keptBytes.forgetAll().catch(() => undefined)
    await forgetDevice()
    // Here it is over at once; where the service could not be told, the next page tells it.
    await client.signOut().catch(() => undefined)
  } finally {
    isLeaving = false
  }
}
