import { lifetimes, type ReceiptFrame, type TypingFrame } from '@secureconnect/protocol'

/** What comes together within this time is told together. */
const gatherMs = 200

/** What matters only now, and who must not hear of it. */
export type Hint = { readonly frame: TypingFrame | ReceiptFrame; readonly apart: readonly string[] }

/** Somebody who types, as he was told of, and until when that counts. */
type Typist = { hint: Hint; until: number }

/** Who types and how far people have read, told no oftener than anyone can see. */
export class Hints {
  readonly #tell: (hint: Hint) => void
  readonly #waiting = new Map<string, Hint>()
  readonly #typing = new Map<string, Typist>()
  #gathering: NodeJS.Timeout | undefined

  constructor(tell: (hint: Hint) => void) {
    this.#tell = tell
  }

  /** Takes a hint; of several by one person the last counts, and that he still types is no news. */
  add(hint: Hint): void {
    const { frame } = hint
    const { type, user_id: userId } = frame
    if (type === 'typing') {
      const isNews = this.#typing.has(userId) !== frame.is_typing
      if (frame.is_typing) this.#typing.set(userId, { hint, until: performance.now() + lifetimes.typingMs })
      else this.#typing.delete(userId)
      if (!isNews) return
    }
    this.#waiting.set(`${type} ${userId}`, hint)
    this.#gathering ??= setTimeout(() => this.#flush(), gatherMs)
  }

  /** Ends the typing of those who have not been heard of for some seconds. */
  expire(nowMs: number): void {
    for (const { hint, until } of this.#typing.values()) {
      const { frame, apart } = hint
      if (until <= nowMs && frame.type === 'typing') this.add({ frame: { ...frame, is_typing: false }, apart })
    }
  }

  close(): void {
    clearTimeout(this.#gathering)
    this.#typing.clear()
    this.#waiting.clear()
  }

  #flush(): void {
    this.#gathering = undefined
    const hints = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const hint of hints) this.#tell(hint)
  }
}
