import { signal } from '@preact/signals'
import type { EventFrame, Message, OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'

const pageSize = 50
/** However long a conversation is, no more of it is on the page at once. */
const mostAtOnce = 200

type State = { is: 'loading' } | { is: 'there' } | { is: 'failed'; error: unknown }

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
  /** What happened while the end was on its way. */
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
    this.#loads += 1
    const own = this.#loads
    this.#isWholeTo = lastSeq
    this.#meanwhile = []
    this.state.value = { is: 'loading' }
    try {
      const { messages, has_more } = await this.#load({})
      if (own !== this.#loads) return
      this.messages.value = messages
      this.hasOlder.value = has_more
      this.hasNewer.value = false
      this.state.value = { is: 'there' }
      for (const event of this.#meanwhile) this.apply(event)
    } catch (error) {
      if (own === this.#loads) this.state.value = { is: 'failed', error }
    }
  }

  /** Takes notice of where events begin to come from: if more had happened than was loaded, it is loaded anew. */
  noteBeginning(conversation: Place): void {
    if (conversation.last_seq > this.#isWholeTo) void this.toEnd(conversation)
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
    if (this.state.value.is === 'loading') {
      this.#meanwhile.push(event)
      return
    }
    if (event.kind === 'message.created') this.add(event.data)
    if (event.kind === 'message.edited') {
      const { message_id, content, metadata, edited_at } = event.data
      this.#change(message_id, (before) => ({ ...before, content, metadata, edited_at }))
    }
    if (event.kind === 'message.deleted') {
      const { message_id, deleted_at, deletion_reason } = event.data
      this.#change(message_id, (before) => ({ ...before, content: null, deleted_at, deletion_reason }))
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

  #change(messageId: string, toNext: (before: Message) => Message): void {
    const before = this.messages.value
    if (!before.some(({ message_id }) => message_id === messageId)) return
    this.messages.value = before.map((message) => (message.message_id === messageId ? toNext(message) : message))
  }

  async #move(
    place: { before_seq: number } | { after_seq: number } | undefined,
    take: (page: { messages: Message[]; has_more: boolean }) => void,
  ): Promise<void> {
    if (place === undefined || this.#isMoving || this.state.value.is !== 'there') return
    this.#isMoving = true
    try {
      take(await this.#load(place))
    } finally {
      this.#isMoving = false
    }
  }

  async #load(place: { before_seq?: number; after_seq?: number }) {
    const wanted = { conversation_id: this.conversationId, limit: pageSize }
    let page = await client.rest.messages.list({ ...wanted, ...place })
    // A stretch where nothing was said may end a page before its first message.
    while (page.messages.length === 0 && page.next_cursor !== null) {
      page = await client.rest.messages.list({ ...wanted, cursor: page.next_cursor })
    }
    return { messages: page.messages.toReversed(), has_more: page.has_more }
  }
}
