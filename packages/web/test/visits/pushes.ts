import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { FakeFirebase } from '@secureconnect/push/testing'
import { webApp } from '@secureconnect/push/testing/web-app'
import { onlyAtFullSize, until } from '@secureconnect/test/helpers'
import type { Page, Worker } from 'playwright-core'
import { findBarriers } from '../barriers.ts'
import type { FakeRegistrations } from '../fake-registrations.ts'
import { type House, messageOf } from '../visitors.ts'

/** The browser's own push service cannot be reached here: this stands in its place, and outlives a page. */
const pushService = `
  const key = 'push service'
  const subscriptionOf = (endpoint) => endpoint && {
    endpoint,
    toJSON: () => ({ endpoint, keys: { p256dh: 'public', auth: 'shared' } }),
    unsubscribe: async () => { localStorage.removeItem(key); return true },
  }
  PushManager.prototype.getSubscription = async () => subscriptionOf(localStorage.getItem(key)) || null
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (localStorage.getItem('refusing')) throw new DOMException('not here', 'NotAllowedError')
    localStorage.setItem(key, localStorage.getItem(key) || 'https://push.example.org/' + crypto.randomUUID())
    return subscriptionOf(localStorage.getItem(key))
  }`

/** Delivers pushes to the service worker as the browser does. */
async function findPostman(page: Page): Promise<{ deliver: (message: object) => Promise<void> }> {
  const tools = await page.context().newCDPSession(page)
  const registrations: { registrationId: string; scopeURL: string }[] = []
  tools.on('ServiceWorker.workerRegistrationUpdated', (told) => void registrations.push(...told.registrations))
  await tools.send('ServiceWorker.enable')
  const { origin } = new URL(page.url())
  await until('registered', () => registrations.some(({ scopeURL }) => scopeURL === `${origin}/`))
  const registrationId = registrations.find(({ scopeURL }) => scopeURL === `${origin}/`)?.registrationId ?? ''
  return {
    async deliver(message) {
      await tools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: JSON.stringify(message) })
    },
  }
}

/** The service worker of somebody's browser, which was registered a moment ago. */
async function findWorker(page: Page): Promise<Worker> {
  const context = page.context()
  return context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
}

/** What the worker has the system show. */
const listShown = (worker: Worker): Promise<string[][]> =>
  worker.evaluate(`registration.getNotifications().then((shown) =>
    shown.map(({ title, body, data }) => [title, body, data.path]))`)

/** Opens a notification that leads to a page of ours, as one does where the system shows it. */
const openShown = (worker: Worker, path: string) =>
  worker.evaluate(`registration.showNotification('once more', { data: { path: '${path}' } })
    .then(() => registration.getNotifications())
    .then(([notification]) => void dispatchEvent(new NotificationEvent('notificationclick', { notification })))`)

/** A push as Firebase makes it of what it took. */
function toWebPush({ taken }: FakeFirebase): object {
  const message = taken.at(-1)?.message ?? assert.fail('nothing was pushed')
  return { notification: { ...message.notification, ...message.webpush.notification }, data: message.data }
}

/** What stands in Firebase's place: for the service, and for browsers. */
export type Pushing = { firebase: FakeFirebase; browsers: FakeRegistrations }

const fullSize = onlyAtFullSize('what goes wrong takes long')

export async function bePushedTo(t: TestContext, house: House, { firebase, browsers }: Pushing): Promise<void> {
  const ada = await house.visit('Ada', { permissions: ['notifications'] })
  const bob = await house.register('Bob')
  const { page } = ada
  const settings = new URL('/settings/notices', page.url()).href
  await browsers.standInFor(page.context())
  await page.context().addInitScript(pushService)
  await page.goto(settings)
  const asAda = await house.signIn(ada)
  const { conversation_id } = await bob.client.rest.conversations.create({
    type: 'direct',
    participant_ids: [asAda.userId ?? ''],
  })
  const path = `/conversations/${conversation_id}`
  const write = (content: string) => bob.client.rest.messages.send({ conversation_id, content, message_type: 'text' })
  const countTokens = async () => (await asAda.rest.push.count()).active_tokens_count
  const countUnread = async () => (await asAda.rest.notifications.count()).unread_count

  await t.test('who turns notifications on is told of a message while no page is open, and led to it', async () => {
    await page.getByRole('button', { name: 'Turn on notifications' }).click()
    await page.getByText('They come while this page is closed, too.').waitFor()
    const [registered] = browsers.registered.values()
    assert.equal(registered?.applicationPubKey, webApp.FIREBASE_WEB_VAPID_KEY)
    const worker = await findWorker(page)
    const postman = await findPostman(page)
    await page.goto('about:blank')
    await write('the tide is in')
    await until('pushed', () => firebase.taken.length === 1)
    const push = toWebPush(firebase)
    await postman.deliver(push)
    const shown = [['SecureConnect', 'You have a new message', path]]
    await until('shown', async () => (await listShown(worker)).length === 1)
    assert.deepEqual(await listShown(worker), shown)

    await page.goto(settings)
    await page.getByText('They come while this page is closed, too.').waitFor()
    await until('taken away', async () => (await listShown(worker)).length === 0)
    await openShown(worker, path)
    await page.waitForURL(`**${path}`)
    await messageOf(ada, 'the tide is in').waitFor()
    await until('read', async () => (await countUnread()) === 0)
    assert.deepEqual(ada.faults, [])
  })

  await t.test('who turns them off is forgotten by the browser, the service and Firebase', async () => {
    assert.deepEqual([browsers.installations.size, await countTokens()], [1, 1])
    await page.goto(settings)
    await page.getByRole('button', { name: 'Turn off notifications' }).click()
    await until('forgotten', async () => browsers.installations.size === 0 && (await countTokens()) === 0)
    assert.equal(await page.evaluate(`localStorage.getItem('push service')`), null)
  })

  await t.test(
    'a page that is open and out of sight tells what was written, and a push adds nothing',
    fullSize,
    async () => {
      await page.getByRole('button', { name: 'Turn on notifications' }).click()
      await page.getByText('They come while this page is closed, too.').waitFor()
      const worker = await findWorker(page)
      const postman = await findPostman(page)
      await page.evaluate(`Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })`)
      await write('and out again')
      await until('shown', async () => (await listShown(worker)).length === 1)
      const shown = [['Bob', 'and out again', path]]
      assert.deepEqual(await listShown(worker), shown)
      await until('pushed', () => firebase.taken.length === 2)
      await page.evaluate(`location.href = 'about:blank'`)
      await page.waitForURL('about:blank')
      await postman.deliver(toWebPush(firebase))
      await postman.deliver({ data: { type: 'test' } })
      await until('the other is shown', async () => (await listShown(worker)).length === 2)
      assert.deepEqual((await listShown(worker)).slice(0, 1), shown)
    },
  )

  await t.test('who signs out leaves nothing behind by which he is told of things', fullSize, async () => {
    await page.goto(settings)
    await page.getByText('They come while this page is closed, too.').waitFor()
    await page.goto(new URL('/', settings).href)
    await page.getByRole('button', { name: 'Status, settings and signing out' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('Password').waitFor()
    await until('forgotten', async () => browsers.installations.size === 0 && (await countTokens()) === 0)
  })

  await t.test('where pages that are closed cannot be reached one is told why', fullSize, async () => {
    const eve = await house.visit('Eve', { permissions: ['notifications'] })
    await browsers.standInFor(eve.page.context())
    await eve.page.context().addInitScript(pushService)
    await eve.page.goto(settings)
    const turnOn = async () => {
      await eve.page.getByRole('button', { name: 'Turn on notifications' }).click()
      await eve.page.getByText('Notifications are on.').waitFor()
    }
    const tryAgain = async () => {
      await eve.page.getByRole('button', { name: 'Turn off notifications' }).click()
      await turnOn()
    }
    browsers.refusal = { status: 503, body: {} }
    await turnOn()
    await eve.page.getByText('could not be arranged just now').waitFor()
    browsers.refusal = undefined
    await eve.page.evaluate(`localStorage.setItem('refusing', 'yes')`)
    await tryAgain()
    await eve.page.getByText('The browser refused those for closed pages').waitFor()
    await eve.page.route('**/v1/push/web-app', (route) => route.fulfill({ json: { data: { firebase: null } } }))
    await tryAgain()
    await eve.page.getByText('this server is not set up to send any').waitFor()
    await eve.page.evaluate('delete globalThis.PushManager')
    await tryAgain()
    await eve.page.getByText('this browser takes none for pages that are closed').waitFor()
    await eve.page.evaluate(`Notification.requestPermission = async () => 'denied'`)
    await eve.page.getByRole('button', { name: 'Turn off notifications' }).click()
    await eve.page.getByRole('button', { name: 'Turn on notifications' }).click()
    await eve.page.getByText('The browser does not let this page show notifications.').waitFor()
    assert.deepEqual(await findBarriers(eve.page), [])
  })
}
