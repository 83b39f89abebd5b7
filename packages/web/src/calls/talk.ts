import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Ending, Entering, OngoingCall, RemoteTrack } from '@secureconnect/sdk/calls'
import { isEncrypted, lookUpConversation, titleOf } from '../chat/list/conversations.ts'
import { describeEnding, describeFailure, type Outcome } from './describe-ending.ts'
import { chooseDevice, type DeviceKind } from './device-choice.ts'
import { UnreadablePeople } from './encrypted/unreadable.ts'
import { explainCall } from './explain-call.ts'
import { OwnMedia } from './own-media.ts'
import { isPictureQuality, type PictureQuality, receiveAs } from './picture-quality.ts'
import { type Room, readRoom, roomChanges } from './room.ts'
import { watchWay } from './watch-way.ts'

/** How far one is in a call. */
type Phase = { is: 'entering' } | { is: 'waiting' } | { is: 'talking' } | { is: 'over'; outcome: Outcome }

/** Who is heard now, and who speaks or spoke last. */
type Speech = { heard: ReadonlySet<string>; active: string | null }

/** Who has come or gone last. */
type News = { userId: string; is: 'joined' | 'left' }

export type TalkOptions = {
  conversationId: string
  /** Where it is known before one is in it. */
  callId?: string
  withCamera: boolean
  enter: (entering: Entering) => Promise<OngoingCall>
}

/** By its name: what else belongs to groups is not loaded for calls. */
const isGroupError = (error: unknown) => error instanceof Error && error.name === 'GroupError'

/** A call that one is in, from the wish for it to its end. */
export class Talk {
  readonly id = crypto.randomUUID()
  readonly conversationId: string
  readonly withCamera: boolean
  readonly phase = signal<Phase>({ is: 'entering' })
  readonly room = signal<Room | undefined>(undefined)
  readonly speech = signal<Speech>({ heard: new Set(), active: null })
  readonly news = signal<News | undefined>(undefined)
  /** Whether what is said can get through; the line comes back by itself. */
  readonly hasLine = signal(true)
  readonly pictureQuality = signal<PictureQuality>('best')
  /** What was refused last, in words. */
  readonly refusal = signal<string | undefined>(undefined)
  /** Whom this page has banned. */
  readonly banned = signal<readonly string[]>([])
  /** Whether sound and pictures find a way through the network, which is not that of the line. */
  readonly hasWay = signal(true)
  readonly media = new OwnMedia()
  /** Whose frames cannot be opened, in an encrypted call. */
  readonly unreadable = new UnreadablePeople()
  readonly isGoingOn: ReadonlySignal<boolean> = computed(() => this.phase.value.is !== 'over')
  /** Whether nobody has come in yet whom one calls. */
  readonly isRinging: ReadonlySignal<boolean> = computed(
    () => this.phase.value.is === 'talking' && this.room.value?.details?.status === 'ringing',
  )
  readonly #giving = new AbortController()
  readonly #knownId: string | undefined
  #call: OngoingCall | undefined
  #stopWatching = () => {}

  constructor({ conversationId, callId, withCamera, enter }: TalkOptions) {
    this.conversationId = conversationId
    this.withCamera = withCamera
    this.#knownId = callId
    void this.media.turnOn('mic')
    if (withCamera) void this.media.turnOn('camera')
    void this.#run(enter)
  }

  /** The call itself, once one is in it. */
  get call(): OngoingCall | undefined {
    return this.#call
  }

  /** Whether it is of more than two, with hosts who moderate it. */
  get isGroup(): boolean {
    return lookUpConversation(this.conversationId)?.type === 'group'
  }

  get isEncrypted(): boolean {
    return isEncrypted(this.conversationId)
  }

  get callId(): string | undefined {
    return this.#call?.callId ?? this.#knownId
  }

  async hangUp(): Promise<void> {
    if (!this.#call) {
      this.#giving.abort()
      return this.#finish({ reason: 'left' })
    }
    // Where the service cannot be told, it finds out by itself.
    await this.#call.hangUp().catch(() => undefined)
  }

  /** Asks something of the call; a refusal is told beside it. */
  async attempt(carryOut: (ask: OngoingCall['ask']) => Promise<unknown>, banning?: string): Promise<void> {
    if (!this.#call) return
    this.refusal.value = undefined
    try {
      await carryOut(this.#call.ask)
      if (banning !== undefined) this.banned.value = [...this.banned.value, banning]
    } catch (error) {
      if (this.isGoingOn.value) this.refusal.value = explainCall(error)
    }
  }

  /** Uses another device from now on. */
  async useDevice(kind: DeviceKind, id: string | undefined): Promise<void> {
    chooseDevice(kind, id)
    if (kind !== 'speaker' && this.media.states[kind].value.is !== 'off') await this.media.turnOn(kind)
  }

  receive(quality: string): void {
    if (!isPictureQuality(quality)) return
    this.pictureQuality.value = quality
    void this.#askForPictures(this.#call?.tracks ?? [])
  }

  async unban(userId: string): Promise<void> {
    await this.attempt(async (ask) => {
      await ask('moderate.unban', { user_id: userId })
      this.banned.value = this.banned.value.filter((one) => one !== userId)
    })
  }

  async #run(enter: TalkOptions['enter']): Promise<void> {
    try {
      const call = await enter({
        signal: this.#giving.signal,
        onWaiting: () => {
          this.phase.value = { is: 'waiting' }
        },
      })
      if (this.#giving.signal.aborted) return void call.hangUp().catch(() => undefined)
      this.#follow(call)
    } catch (error) {
      if (!this.#giving.signal.aborted) this.#close(describeFailure(error))
    }
  }

  #follow(call: OngoingCall): void {
    this.#call = call
    call.on('participant.joined', ({ participant }) => {
      this.news.value = { userId: participant.user_id, is: 'joined' }
    })
    call.on('participant.left', ({ participant_id: id }) => {
      this.unreadable.forget(id)
      const gone = this.room.value?.others.find((one) => one.participant_id === id)
      if (gone) this.news.value = { userId: gone.user_id, is: 'left' }
    })
    call.on('track', (remote) => {
      if (this.pictureQuality.value !== 'best') void this.#askForPictures([remote])
    })
    for (const change of roomChanges) call.on(change, () => this.#look())
    call.on('participant.updated', () => this.media.noteHeld(call.own?.held_sources ?? []))
    call.on('speakers', ({ levels, active }) => {
      this.speech.value = { heard: new Set(levels.map(({ participant_id }) => participant_id)), active }
    })
    call.on('state', ({ status }) => {
      if (status !== 'open') this.hasLine.value = false
    })
    call.on('returned', () => {
      this.hasLine.value = true
    })
    call.on('fault', (error) => {
      // Of a key that was for others, before one came, nothing is missed; whose keys do not come shows by himself.
      if (!isGroupError(error)) this.refusal.value = explainCall(error)
    })
    call.on('frames.dropped', (dropped) => this.unreadable.note(dropped))
    this.#stopWatching = watchWay(call, (isThere) => {
      this.hasWay.value = isThere
    })
    call.on('ended', (ending) => this.#finish(ending))
    this.#look()
    this.phase.value = { is: 'talking' }
    void this.media.send(call)
  }

  async #askForPictures(tracks: readonly RemoteTrack[]): Promise<void> {
    const call = this.#call
    // What could not be asked for comes as it did.
    if (call) await receiveAs(call, this.pictureQuality.value, tracks).catch(() => undefined)
  }

  #look(): void {
    if (this.#call) this.room.value = readRoom(this.#call)
  }

  #finish(ending: Ending): void {
    this.#close(describeEnding(ending))
  }

  #close(outcome: Outcome): void {
    if (this.phase.value.is === 'over') return
    this.media.close()
    this.unreadable.close()
    this.#stopWatching()
    this.phase.value = { is: 'over', outcome }
  }
}

/** With whom one talks, as the list of conversations says it. */
export function titleOfTalk({ conversationId }: Talk): string {
  const conversation = lookUpConversation(conversationId)
  return conversation ? titleOf(conversation) : ''
}
