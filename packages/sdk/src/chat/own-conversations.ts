import type { AnswerOf, conversations, OwnConversation } from '@secureconnect/protocol'
import { limits } from '@secureconnect/protocol/constants'
import { ApiError } from '../errors.ts'

/** Asks the service what changed since an earlier answer, a page at a time. */
export type LoadChanges = (query: { since?: string; limit: number }) => Promise<AnswerOf<typeof conversations.sync>>

type Outlets = {
  loadChanges: LoadChanges
  changed: (conversation: OwnConversation) => void
  added: (conversation: OwnConversation) => void
  removed: (id: string) => void
}

export type OwnConversations = {
  /** Learns what changed up to now; the first time, all that there is. */
  catchUp(): Promise<void>
  /** The server has named one: it is told as added, should it be the first time that it is seen. */
  expect(id: string): void
  remove(id: string): boolean
  /** Begins anew, for another person. */
  forget(): void
}

function isTooOld(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'INVALID_CURSOR'
}

/** Knows which conversations a person is in, whatever happened while nobody told us. */
export function createOwnConversations({ loadChanges, changed, added, removed }: Outlets): OwnConversations {
  const known = new Set<string>()
  const expected = new Set<string>()
  /** After the last round that was carried through; another one begins there. */
  let cursor: string | undefined
  let [isFirst, isWanted] = [true, false]
  let running: Promise<void> | undefined
  let person = 0

  function take(conversation: OwnConversation): void {
    const { conversation_id: id } = conversation
    const isNew = !known.has(id) && !isFirst
    known.add(id)
    changed(conversation)
    if (expected.delete(id) || isNew) added(conversation)
  }

  function lose(id: string): void {
    if (known.delete(id)) removed(id)
  }

  async function runRound(): Promise<void> {
    const ours = person
    const seen = new Set<string>()
    let since = cursor
    for (let hasMore = true; hasMore; ) {
      const page = await loadChanges({ limit: limits.pageItems.max, ...(since !== undefined && { since }) })
      if (person !== ours) return
      for (const conversation of page.conversations) {
        seen.add(conversation.conversation_id)
        take(conversation)
      }
      for (const { conversation_id } of page.removed) lose(conversation_id)
      since = page.next_cursor
      hasMore = page.has_more
    }
    // A round from the beginning tells only of those that one is in.
    if (cursor === undefined) for (const id of known.difference(seen)) lose(id)
    cursor = since
    isFirst = false
  }

  async function run(): Promise<void> {
    try {
      while (isWanted) {
        isWanted = false
        await runRound().catch((error: unknown) => {
          if (!isTooOld(error)) throw error
          cursor = undefined
          isWanted = true
        })
      }
    } finally {
      // At once: whoever asks before the others hear of the end would be taken to have come in time.
      running = undefined
    }
  }

  return {
    catchUp() {
      isWanted = true
      running ??= run()
      return running
    },
    expect: (id) => void expected.add(id),
    remove: (id) => known.delete(id),
    forget() {
      known.clear()
      expected.clear()
      cursor = undefined
      isFirst = true
      person += 1
    },
  }
}
