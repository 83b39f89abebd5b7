import { lifetimes, type ReceiptFrame, type TypingFrame } from '@secureconnect/protocol'

/** What comes together within this time is told together. */
const gatherMs = 200

export type Hint = TypingFrame | ReceiptFrame

/** Who types and how far people have read, told no oftener than anyone can see. */
export class Hints {
  readonly #tell: (hint: Hint) => void
  readonly #waiting = new Map<string, Hint>()
  readonly #typingUntil = new Map<string, number>()
  #gathering: NodeJS.Timeout | undefined

  constructor(tell: (hint: Hint) => void) {
    this.#tell = tell
  }

  /** Takes a hint; of several by one person the last counts, and that he still types is no news. */
  add(hint: Hint): void {
    const { type, user_id: userId } = hint
    if (type === 'typing') {
      const isNews = this.#typingUntil.has(userId) !== hint.is_typing
      if (hint.is_typing) this.#typingUntil.set(userId, performance.now() + lifetimes.typingMs)
      else this.#typingUntil.delete(userId)
      if (!isNews) return
    }
    this.#waiting.set(`${type} ${userId}`, hint)
    this.#gathering ??= setTimeout(() => this.#flush(), gatherMs)
  }

  /** Ends the typing of those who have not been heard of for some seconds. */
  expire(conversationId: string, nowMs: number): void {
    for (const [userId, until] of this.#typingUntil) {
      if (until <= nowMs)
        this.add({ type: 'typing', conversation_id: conversationId, user_id: userId, is_typing: false })
    }
  }

  close(): void {
    clearTimeout(this.#gathering)
    this.#typingUntil.clear()
    this.#waiting.clear()
  }

  #flush(): void {
    this.#gathering = undefined
    const hints = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const hint of hints) this.#tell(hint)
  }
}
