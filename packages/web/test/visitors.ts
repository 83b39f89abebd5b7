import { randomUUID } from 'node:crypto'
import { findPortBase } from '@secureconnect/dev-env/testing'
import { type Client, createClient } from '@secureconnect/sdk'
import { expireSessions, fillConversation, grantAdmin, startPreparedSystem } from '@secureconnect/test/embedded'
import { browserAddress, type FaultProxy, faultProxy } from '@secureconnect/test/stack'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { buildWeb } from '../build.ts'

type Cleanup = { after: (work: () => unknown) => void }

const password = 'seven quiet harbours'

export type Visitor = { page: Page; name: string; username: string; faults: string[] }
type Reader = Pick<Visitor, 'page'>

/** The whole system with its web client, a browser to visit it by, and a line between them that a test may break. */
export async function openHouse(t: Cleanup, settings: Readonly<Record<string, string>> = {}): Promise<House> {
  const portBase = await findPortBase()
  const line = await faultProxy(t, { host: '127.0.0.1', port: portBase })
  const origin = `http://localhost:${line.port}`
  const env = { PUBLIC_URL: origin, WEB_FOLDER: await buildWeb(), RATELIMIT_MESSAGES: '99999', ...settings }
  const { address, folder, restart } = await startPreparedSystem(t, { portBase, env })
  const browser = await chromium.connectOverCDP(await browserAddress(t))
  t.after(() => browser.close())
  return new House({ browser, line, origin, address, folder, restart })
}

function usernameFor(name: string): string {
  return `${name.toLowerCase().replace(/\W/g, '')}-${randomUUID().slice(0, 8)}`
}

type Parts = {
  browser: Browser
  line: FaultProxy
  origin: string
  address: string
  folder: string
  restart: () => Promise<void>
}

export class House {
  readonly line: FaultProxy
  readonly #parts: Parts
  readonly #contexts: BrowserContext[] = []

  constructor(parts: Parts) {
    this.line = parts.line
    this.#parts = parts
  }

  /** A page as somebody has it open who was never here; what goes wrong in it is noted. */
  async open(path = '/', options: BrowserContextOptions = {}): Promise<Pick<Visitor, 'page' | 'faults'>> {
    const context = await this.#parts.browser.newContext({ viewport: { width: 1_200, height: 760 }, ...options })
    this.#contexts.push(context)
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', ({ message }) => faults.push(message))
    // What the policy of the page forbids is told here as well.
    page.on('console', (said) => {
      if (said.type() === 'error' && !/status of 4/.test(said.text())) faults.push(said.text())
    })
    await page.goto(this.#parts.origin + path)
    return { page, faults }
  }

  /** Somebody who has just signed up, on one page. */
  async visit(name: string, options?: BrowserContextOptions): Promise<Visitor> {
    const username = usernameFor(name)
    const { page, faults } = await this.open('/sign-up', options)
    await fillSignUp(page, { name, username })
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('button', { name: 'New conversation' }).first().waitFor()
    return { page, name, username, faults }
  }

  /** Somebody who has just signed up as a program. */
  async register(name: string, username = usernameFor(name)): Promise<{ client: Client; username: string }> {
    const client = createClient({ address: this.#parts.address })
    await client.register({ username, email: `${username}@example.org`, display_name: name, password })
    return { client, username }
  }

  /** Somebody who has an account already, on a page of his own. */
  async enter(
    { name, username }: Pick<Visitor, 'name' | 'username'>,
    options?: BrowserContextOptions,
  ): Promise<Visitor> {
    const { page, faults } = await this.open('/sign-in', options)
    await fillSignIn(page, username)
    await page.getByRole('button', { name: 'New conversation' }).first().waitFor()
    return { page, name, username, faults }
  }

  /** Closes all pages, as somebody who has gone; whoever comes next finds the line whole. */
  async leave(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close()
    await this.line.heal()
  }

  /** Lets somebody administer, from his next token on. */
  makeAdmin({ username }: Pick<Visitor, 'username'>): Promise<void> {
    return grantAdmin(this.#parts.folder, username)
  }

  /** Stops the whole system and starts it again on the same data. */
  restart(): Promise<void> {
    return this.#parts.restart()
  }

  /** Has the time of somebody's sign-ins be over. */
  expire({ username }: Pick<Visitor, 'username'>): Promise<void> {
    return expireSessions(this.#parts.folder, username)
  }

  /** Has somebody have said a great deal in the conversation that he looks at: `number 1`, `number 2` and so on. */
  haveSaid(visitor: Pick<Visitor, 'page' | 'username'>, count: number): Promise<void> {
    return fillConversation(this.#parts.folder, {
      conversationId: idOf(visitor),
      username: visitor.username,
      count,
    })
  }

  /** The same person as a program, whose line is another: for what would take long by hand. */
  async signIn({ username }: Pick<Visitor, 'username'>): Promise<Client> {
    const client = createClient({ address: this.#parts.address })
    await client.signIn({ username, password })
    return client
  }
}

export async function fillSignUp(page: Page, { name, username }: Pick<Visitor, 'name' | 'username'>): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('E-mail address').fill(`${username}@example.org`)
  await page.getByLabel('Password').fill(password)
}

export async function fillSignIn(page: Page, username: string, given = password): Promise<void> {
  await page.getByLabel('User name or e-mail address').fill(username)
  await page.getByLabel('Password').fill(given)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Begins a conversation, as one does by hand. */
export async function beginWith(
  { page }: Reader,
  others: readonly Pick<Visitor, 'username'>[],
  { isEncrypted = false } = {},
): Promise<void> {
  await page.getByRole('button', { name: 'New conversation' }).first().click()
  for (const { username } of others) {
    await page.getByLabel('Find people').fill(username)
    await page.getByRole('button', { name: `@${username}` }).click()
  }
  if (others.length > 1) await page.getByLabel('Name of the group').fill('Harbour')
  if (isEncrypted) await page.getByLabel('End-to-end encrypted').check()
  await page.getByRole('button', { name: /^Begin/ }).click()
  await page.getByRole('log').waitFor()
}

export async function write({ page }: Reader, text: string): Promise<void> {
  await page.getByLabel(/^Write to/).fill(text)
  await page.keyboard.press('Enter')
}

/** A message that stands in the conversation, and not one that is on its way. */
export function messageOf({ page }: Reader, text: string | RegExp) {
  return page.locator('.message:not(.outgoing)', { hasText: text })
}

/** The conversation that somebody looks at. */
export function idOf({ page }: Reader): string {
  return new URL(page.url()).pathname.split('/').at(-1) ?? ''
}
