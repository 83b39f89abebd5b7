import { setTimeout as delay } from 'node:timers/promises'
import { calls } from '@secureconnect/protocol'
import { TestPeer } from '@secureconnect/video-service/testing'
import { until } from '../helpers/index.ts'
import { call, type Person } from '../services/index.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Options = {
  at: { address: string }
  people: readonly [Pick<Person, 'token'>, Pick<Person, 'token'>]
  conversationId: string
}
type Peers = { speaker: TestPeer; listener: TestPeer }

const lookEveryMs = 20
const againAfterMs = 500

/** Has one call the other, and brings both in. */
async function connect(t: Cleanup, { at, people, conversationId }: Options) {
  const [caller, callee] = people
  const body = { conversation_id: conversationId, call_type: 'audio' } as const
  let callId = ''
  // The service is there before its media worker is.
  await until('a call begins', async () => {
    const { status, data } = await call(at, calls.initiate, { token: caller.token, body })
    if (status === 201) callId = data.call_id
    return status === 201
  })
  await call(at, calls.accept, { token: callee.token, params: { call_id: callId } })
  const speaker = await TestPeer.join(t, at, caller, { callId })
  const listener = await TestPeer.join(t, at, callee, { callId })
  return { callId, peers: { speaker, listener } }
}

/** A call in which one talks and one listens; each does what clients do when his line or his media are gone. */
export class CallLine {
  static async open(t: Cleanup, options: Options): Promise<CallLine> {
    const { callId, peers } = await connect(t, options)
    const line = new CallLine(options, callId, peers)
    t.after(() => line.#close())
    peers.listener.watch(() => line.#hear())
    void line.#keep(peers.listener)
    void line.#keep(peers.speaker)
    await Promise.all([peers.speaker.publish('mic'), peers.listener.connect('recv')])
    await line.assertTalks(20_000)
    return line
  }

  readonly #options: Options
  readonly #callId: string
  readonly #peers: Peers
  readonly #ids: readonly string[]
  #isClosed = false
  #packets = 0
  #lastAt = performance.now()
  #longestGapMs = 0
  /** How often one of them lost his socket, and how often media were made anew. */
  lostSockets = 0
  mediaResets = 0
  /** What last became of who came back on another socket, if he could not. */
  #refusedReturn: unknown

  private constructor(options: Options, callId: string, peers: Peers) {
    this.#options = options
    this.#callId = callId
    this.#peers = peers
    this.#ids = [peers.speaker.id, peers.listener.id]
  }

  #hear(): void {
    const now = performance.now()
    this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#lastAt)
    this.#lastAt = now
    this.#packets += 1
  }

  /** The longest silence since this was asked before, also one that still lasts. */
  takeLongestGapMs(): number {
    const gap = Math.max(this.#longestGapMs, performance.now() - this.#lastAt)
    this.#longestGapMs = 0
    return gap
  }

  /** Waits until one hears the other, and makes sure that both are who they were. */
  async assertTalks(withinMs: number): Promise<void> {
    const before = this.#packets
    await until('the call is heard', () => this.#packets > before, withinMs).catch((error: Error) => {
      const lost = `${this.lostSockets} sockets were lost, media made anew ${this.mediaResets} times`
      throw new Error(`${error.message}: ${lost}, last return: ${this.#refusedReturn ?? 'done'}`)
    })
    const ids = [this.#peers.speaker.id, this.#peers.listener.id]
    if (ids.join() !== this.#ids.join()) throw new Error(`they came back as others: ${this.#ids} are ${ids}`)
  }

  async #keep(peer: TestPeer): Promise<void> {
    const person = this.#options.people[peer === this.#peers.speaker ? 0 : 1]
    let isLost = false
    while (!this.#isClosed) {
      const { socket } = peer
      void socket.closed.then(() => {
        isLost = true
      })
      for (let looked = 0; !isLost && !this.#isClosed; await delay(lookEveryMs)) {
        const frames = socket.frames.slice(looked)
        looked += frames.length
        for (const { type, consumer_id } of frames) {
          // What cannot be done on a broken line is done anew on the next one.
          if (type === 'media.reset') await this.#rebuild(peer).catch(() => undefined)
          if (type === 'consumer.new') {
            await socket.ask('consumer.ready', { consumer_ids: [String(consumer_id)] }).catch(() => undefined)
          }
        }
      }
      isLost = false
      if (!this.#isClosed) await this.#return(peer, person as Person)
    }
  }

  async #return(peer: TestPeer, person: Person): Promise<void> {
    this.lostSockets += 1
    for (;;) {
      const joined = await peer.resumeOn(this.#options.at, person, this.#callId).catch((error: unknown) => {
        this.#refusedReturn = error
        // Who leaves such sockets open soon has as many as one may have, and comes back no more.
        peer.socket.end()
        return undefined
      })
      if (joined) this.#refusedReturn = undefined
      if (joined?.recovered === false) await this.#rebuild(peer).catch(() => undefined)
      if (joined || this.#isClosed) return
      await delay(againAfterMs)
    }
  }

  async #rebuild(peer: TestPeer): Promise<void> {
    this.mediaResets += 1
    await peer.rebuild()
  }

  #close(): void {
    this.#isClosed = true
    for (const { socket } of [this.#peers.speaker, this.#peers.listener]) socket.end()
  }
}
