import type { NoticeData } from '../notices/notice.ts'
import { readPush } from './read-push.ts'

declare const self: ServiceWorkerGlobalScope

const findPages = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true })

/**
 * Shows what was pushed, unless a page is in sight, which tells by itself, or one that is not has shown it already. Who
 * asked for a push to try looks at the page and waits for it.
 */
async function show(push: PushMessageData | null): Promise<void> {
  const { title, body, tag, isCall, isTest, data } = readPush(push)
  const isSeen = (await findPages()).some(({ visibilityState }) => visibilityState === 'visible')
  if (isSeen && !isTest) return
  const shown: readonly Notification[] = await self.registration.getNotifications({ tag })
  if (shown.some((notice) => notice.data?.about === data.about)) return
  const more = { renotify: tag !== '', requireInteraction: isCall }
  await self.registration.showNotification(title, { body, tag, data, ...more })
}

/** Goes to what a notification is about, in a page that is there or else in a new one. */
async function open({ path }: NoticeData): Promise<void> {
  const opened = await findPages()
  const page = opened.find(({ visibilityState }) => visibilityState === 'visible') ?? opened[0]
  if (!page) return void (await self.clients.openWindow(path))
  page.postMessage({ path })
  await page.focus()
}

// It loads nothing for pages, so that a new one may take over at any time.
self.addEventListener('install', () => void self.skipWaiting())
self.addEventListener('push', (event) => event.waitUntil(show(event.data)))
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data))
})
