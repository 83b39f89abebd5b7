import type { Receipt, ReceiptFrame } from '@secureconnect/protocol'
import { toWireFrame } from '@secureconnect/service'
import type { Follower } from './follower.ts'

/** How far somebody has come, and who must not hear of it. */
export type ReceiptHint = { readonly receipt: Receipt; readonly apart: readonly string[] }

/** What comes together within this time is told together, */
const gatherMs = 200
/** and nobody is told oftener than this, however many people read. */
const everyMs = 1_000

type Options = { conversationId: string; followers: ReadonlySet<Follower> }

/** How far people have come in one conversation, told to each follower in one frame a second at most. */
export class Receipts {
  readonly #options: Options
  readonly #waiting = new Map<string, ReceiptHint>()
  /** While it runs, receipts are gathered. */
  #timer: NodeJS.Timeout | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Takes a receipt; of several of one person, which may come in any order, the farthest counts. */
  add({ receipt, apart }: ReceiptHint): void {
    const { user_id } = receipt
    const known = this.#waiting.get(user_id)?.receipt ?? receipt
    const delivered_seq = Math.max(known.delivered_seq, receipt.delivered_seq)
    const read_seq = Math.max(known.read_seq, receipt.read_seq)
    this.#waiting.set(user_id, { receipt: { user_id, delivered_seq, read_seq }, apart })
    this.#timer ??= setTimeout(() => this.#flush(), gatherMs)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#waiting.clear()
  }

  #flush(): void {
    const hints = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#timer = hints.length > 0 ? setTimeout(() => this.#flush(), everyMs) : undefined
    if (hints.length > 0) this.#tell(hints)
  }

  #tell(hints: readonly ReceiptHint[]): void {
    const forAll = this.#toWire(hints)
    const isApart = new Set(hints.flatMap(({ apart }) => apart))
    for (const follower of this.#options.followers) {
      const { userId } = follower
      if (!isApart.has(userId)) follower.hint(forAll)
      else {
        const shown = hints.filter(({ apart }) => !apart.includes(userId))
        if (shown.length > 0) follower.hint(this.#toWire(shown))
      }
    }
  }

  #toWire(hints: readonly ReceiptHint[]) {
    const receipts = hints.map(({ receipt }) => receipt)
    const frame: ReceiptFrame = { type: 'receipt', conversation_id: this.#options.conversationId, receipts }
    return toWireFrame(frame, { isDroppable: true })
  }
}
