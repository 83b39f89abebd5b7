import { lifetimes, type TypingFrame } from '@secureconnect/protocol'
import { toWireFrame } from '@secureconnect/service'
import type { Follower } from './follower.ts'
import { type ReceiptHint, Receipts } from './receipts.ts'

/** What comes together within this time is told together. */
const gatherMs = 200

/** Who types, and who must not hear of it. */
export type TypingHint = { readonly frame: TypingFrame; readonly apart: readonly string[] }

/** What matters only now. */
export type Hint = TypingHint | ReceiptHint

/** Somebody who types, as he was told of, and until when that counts. */
type Typist = { hint: TypingHint; until: number }

/** Who types and how far people have come, told no oftener than anyone can see. */
export class Hints {
  readonly #followers: ReadonlySet<Follower>
  readonly #receipts: Receipts
  readonly #waiting = new Map<string, TypingHint>()
  readonly #typing = new Map<string, Typist>()
  #gathering: NodeJS.Timeout | undefined

  constructor(options: { conversationId: string; followers: ReadonlySet<Follower> }) {
    this.#followers = options.followers
    this.#receipts = new Receipts(options)
  }

  add(hint: Hint): void {
    if ('receipt' in hint) this.#receipts.add(hint)
    else this.#addTyping(hint)
  }

  /** Ends the typing of those who have not been heard of for some seconds. */
  expire(nowMs: number): void {
    for (const { hint, until } of this.#typing.values()) {
      if (until <= nowMs) this.#addTyping({ ...hint, frame: { ...hint.frame, is_typing: false } })
    }
  }

  close(): void {
    clearTimeout(this.#gathering)
    this.#receipts.close()
    this.#typing.clear()
    this.#waiting.clear()
  }

  /** Of several hints by one person the last counts, and that he still types is no news. */
  #addTyping(hint: TypingHint): void {
    const { user_id: userId, is_typing: isTyping } = hint.frame
    const isNews = this.#typing.has(userId) !== isTyping
    if (isTyping) this.#typing.set(userId, { hint, until: performance.now() + lifetimes.typingMs })
    else this.#typing.delete(userId)
    if (!isNews) return
    this.#waiting.set(userId, hint)
    this.#gathering ??= setTimeout(() => this.#flush(), gatherMs)
  }

  #flush(): void {
    this.#gathering = undefined
    const hints = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const hint of hints) this.#tell(hint)
  }

  /** Nobody is told that he types himself. */
  #tell({ frame, apart }: TypingHint): void {
    const wire = toWireFrame(frame, { isDroppable: true })
    for (const follower of this.#followers) {
      if (follower.userId !== frame.user_id && !apart.includes(follower.userId)) follower.hint(wire)
    }
  }
}
