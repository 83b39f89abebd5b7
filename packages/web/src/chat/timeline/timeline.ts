import { signal } from '@preact/signals'
import type { EventFrame, Message, OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { applyReaction } from '../reactions/apply-reaction.ts'

const pageSize = 50
/** However long a conversation is, no more of it is on the page at once. */
const mostAtOnce = 200

type State = { is: 'loading' } | { is: 'there' } | { is: 'failed'; error: unknown }

/** A message that was gone to, and which time it was that one went anywhere: the same may be gone to again. */
type Sought = { seq: number; time: number }

/** Which conversation, and how far it has gone. */
type Place = Pick<OwnConversation, 'conversation_id' | 'last_seq'>

/** A part of a conversation without a hole: at first its end, from where one goes back and forth. */
export class Timeline {
  readonly conversationId: string
  /** Oldest first. */
  readonly messages = signal<readonly Message[]>([])
  readonly state = signal<State>({ is: 'loading' })
  readonly hasOlder = signal(false)
  /** Whether the conversation goes on after what is at hand: then new messages are not added to it. */
  readonly hasNewer = signal(false)
  /** Which message was gone to last, if it is at hand. */
  readonly sought = signal<Sought | undefined>(undefined)
  /** What happened while a part was on its way. */
  #meanwhile: EventFrame[] = []
  /** How far the conversation had gone when its end was asked for: all up to there is at hand. */
  #isWholeTo = 0
  #loads = 0
  #isMoving = false

  constructor(conversation: Place) {
    this.conversationId = conversation.conversation_id
    void this.toEnd(conversation)
  }

  /** Goes to the newest messages of a conversation that has gone so far at least. */
  async toEnd({ last_seq: lastSeq }: Place): Promise<void> {
    this.#isWholeTo = lastSeq
    await this.#begin({})
  }

  /** Goes to a message, however far away it is. */
  async goTo(seq: number): Promise<void> {
    const [first] = this.messages.value
    const last = this.messages.value.at(-1)
    const isAtHand = first && last && seq >= first.seq && seq <= last.seq
    if (!isAtHand || this.state.value.is !== 'there') {
      await this.#begin({ around_seq: seq })
      // The page does not tell whether anything comes after it.
      void this.loadNewer().catch(() => undefined)
    }
    if (this.state.value.is === 'there') this.sought.value = { seq, time: (this.sought.value?.time ?? 0) + 1 }
  }

  /** Takes notice of where events begin to come from: if more had happened than was loaded, it is loaded anew. */
  noteBeginning(conversation: Place): void {
    if (conversation.last_seq > this.#isWholeTo && !this.hasNewer.value) void this.toEnd(conversation)
  }

  loadOlder(): Promise<void> {
    const [first] = this.messages.value
    return this.#move(
      first && this.hasOlder.value ? { before_seq: first.seq } : undefined,
      ({ messages, has_more }) => {
        const all = [...messages, ...this.messages.value]
        this.hasOlder.value = has_more
        if (all.length > mostAtOnce) this.hasNewer.value = true
        this.messages.value = all.slice(0, mostAtOnce)
      },
    )
  }

  loadNewer(): Promise<void> {
    const last = this.messages.value.at(-1)
    return this.#move(last && this.hasNewer.value ? { after_seq: last.seq } : undefined, ({ messages, has_more }) => {
      const all = [...this.messages.value, ...messages]
      this.hasNewer.value = has_more
      if (all.length > mostAtOnce) this.hasOlder.value = true
      this.messages.value = all.slice(-mostAtOnce)
    })
  }

  /** Takes in what has happened in the conversation. */
  apply(event: EventFrame): void {
    if (this.state.value.is === 'loading' || this.#isMoving) this.#meanwhile.push(event)
    if (this.state.value.is === 'loading') return
    if (event.kind === 'message.created') this.add(event.data)
    if (event.kind === 'message.edited') {
      const { target_seq: _, ...edited } = event.data
      this.change(edited.message_id, (before) => ({ ...before, ...edited }))
    }
    if (event.kind === 'message.deleted') {
      const { message_id, deleted_at, deletion_reason } = event.data
      this.change(message_id, (before) => ({ ...before, content: null, deleted_at, deletion_reason }))
    }
    if (event.kind === 'reaction.added' || event.kind === 'reaction.removed') {
      this.change(event.data.message_id, (before) => applyReaction(before, event))
    }
  }

  /** Adds a message at the end, unless it is there already or others that are not at hand come before it. */
  add(message: Message): void {
    const last = this.messages.value.at(-1)
    if (this.hasNewer.value || this.state.value.is !== 'there' || (last && last.seq >= message.seq)) return
    const all = [...this.messages.value, message]
    if (all.length > mostAtOnce) this.hasOlder.value = true
    this.messages.value = all.slice(-mostAtOnce)
  }

  /** Changes a message, if it is at hand. */
  change(messageId: string, toNext: (before: Message) => Message): void {
    const before = this.messages.value
    if (!before.some(({ message_id }) => message_id === messageId)) return
    this.messages.value = before.map((message) => (message.message_id === messageId ? toNext(message) : message))
  }

  /** Puts another part in the place of what is at hand: the end, or what is around a message. */
  async #begin(place: { around_seq?: number }): Promise<void> {
    this.#loads += 1
    const own = this.#loads
    this.#meanwhile = []
    this.state.value = { is: 'loading' }
    try {
      const { messages, has_more } = await this.#load(place)
      if (own !== this.#loads) return
      this.messages.value = messages
      this.hasOlder.value = has_more
      this.hasNewer.value = place.around_seq !== undefined
      this.sought.value = undefined
      this.state.value = { is: 'there' }
      this.#applyMeanwhile()
    } catch (error) {
      if (own === this.#loads) this.state.value = { is: 'failed', error }
    }
  }

  #applyMeanwhile(): void {
    const events = this.#meanwhile
    this.#meanwhile = []
    for (const event of events) this.apply(event)
  }

  async #move(
    place: { before_seq: number } | { after_seq: number } | undefined,
    take: (page: { messages: Message[]; has_more: boolean }) => void,
  ): Promise<void> {
    if (place === undefined || this.#isMoving || this.state.value.is !== 'there') return
    this.#isMoving = true
    const own = this.#loads
    try {
      const page = await this.#load(place)
      if (own === this.#loads) take(page)
    } finally {
      this.#isMoving = false
      if (this.state.value.is === 'there') this.#applyMeanwhile()
    }
  }

  async #load(place: { before_seq?: number; after_seq?: number; around_seq?: number }) {
    const wanted = { conversation_id: this.conversationId, limit: pageSize }
    let page = await client.rest.messages.list({ ...wanted, ...place })
    // A stretch where nothing was said may end a page before its first message.
    while (page.messages.length === 0 && page.next_cursor !== null) {
      page = await client.rest.messages.list({ ...wanted, cursor: page.next_cursor })
    }
    return { messages: page.messages.toReversed(), has_more: page.has_more }
  }
}
