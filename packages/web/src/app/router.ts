import { computed, signal } from '@preact/signals'
import { type PageName, pages } from '../pages.ts'

type NameIn<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NameIn<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

/** Where one is: the page, and what its path names. */
export type Place = { page: PageName } & { [name in NameIn<(typeof pages)[PageName]>]?: string }

const patterns = Object.entries(pages).map(([page, path]) => {
  const pattern = path.replace(/:(\w+)/g, '(?<$1>[^/]+)')
  return { page: page as PageName, pattern: new RegExp(`^${pattern}/?$`) }
})

const path = signal(location.pathname)

function read(pathname: string): Place {
  for (const { page, pattern } of patterns) {
    const match = pattern.exec(pathname)
    if (match) return { page, ...match.groups }
  }
  return { page: 'home' }
}

export const place = computed(() => read(path.value))

addEventListener('popstate', () => {
  path.value = location.pathname
})

export function conversationPath(conversationId: string): string {
  return pages.conversation.replace(':conversationId', conversationId)
}

export function callPath(callId: string): string {
  return pages.call.replace(':callId', callId)
}

/** Goes to a page of ours without loading the document anew. */
export function go(to: string, { isReplacing = false } = {}): void {
  if (to === location.pathname) return
  if (isReplacing) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  path.value = to
}

/** For links to pages of ours: opens them here, and leaves to the browser what people hold keys for. */
export function follow(event: MouseEvent): void {
  const link = event.currentTarget
  const isOrdinary = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  if (!isOrdinary || !(link instanceof HTMLAnchorElement)) return
  event.preventDefault()
  go(link.pathname)
}
