import { setTimeout as delay } from 'node:timers/promises'
import { calls } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { call } from '@secureconnect/test/services'
import { mediaWorker } from '@secureconnect/test/stack'
import { TestPeer } from '@secureconnect/video-service/testing'
import type { Person, World } from '../chat/world.ts'
import type { Measured } from '../shared/measured.ts'

/** A call that somebody began and one of the others answered. */
export type Call = { callId: string; caller: Person; others: Person[] }

/** Has all who are in a room publish, and receive each other. */
export async function talk(peers: readonly TestPeer[], source: 'mic' | 'camera'): Promise<void> {
  for (const peer of peers) await peer.publish(source)
  for (const peer of peers) {
    const others = peers.filter((other) => other !== peer)
    const offers = await Promise.all(others.map((other) => peer.offer(other, source)))
    await peer.socket.ask('consumer.ready', { consumer_ids: offers.map(({ consumer_id }) => consumer_id) })
  }
}

/** video-service with one worker, the sockets that a part of the bench has at it, and the means to call. */
export class Calls implements AsyncDisposable {
  static async start(world: World, more: Readonly<Record<string, string>> = {}): Promise<Calls> {
    const video = await world.start('video', {
      MEDIASOUP_WORKER_BIN: await mediaWorker(),
      MEDIA_WORKERS: '1',
      MAX_CALL_PARTICIPANTS: '1000',
      // Who has answered waits until others are in.
      CALL_RESUME_MS: '300000',
      ...more,
    })
    return new Calls(world, video)
  }

  readonly video: Measured
  readonly #world: World
  readonly #stack = new AsyncDisposableStack()

  private constructor(world: World, video: Measured) {
    this.#world = world
    this.video = this.#stack.use(video)
  }

  /** Begins a call in a group of so many: it rings at one of them, the others may join. */
  async begin(count: number): Promise<Call> {
    const [caller, callee, ...rest] = await this.#world.createPeople(count)
    if (!caller || !callee) throw new Error('A call takes two')
    const conversation_id = await this.#world.createGroup([caller, callee, ...rest])
    const at = { address: this.video.url }
    const body = { call_type: 'audio', conversation_id, callee_ids: [callee.userId] } as const
    let begun: Awaited<ReturnType<typeof call<typeof calls.initiate>>> | undefined
    // The service is there before its worker program is.
    await until('a call begins', async () => {
      begun = await call(at, calls.initiate, { token: caller.token, body })
      return begun.code !== 'MEDIA_NOT_READY'
    })
    if (!begun || begun.code) throw new Error(`A call was answered ${begun?.code}`)
    const callId = begun.data.call_id
    const { code } = await call(at, calls.accept, { token: callee.token, params: { call_id: callId } })
    if (code) throw new Error(`An accepted call was answered ${code}`)
    return { callId, caller, others: [callee, ...rest] }
  }

  /** Comes into the room of a call. */
  join(person: Person, { callId }: Call): Promise<TestPeer> {
    const after = (work: () => unknown) => this.#stack.defer(async () => void (await work()))
    return TestPeer.join({ after }, { address: this.video.url }, person, { callId })
  }

  /** Brings so many in, the caller first, one after the other, ready to receive. */
  async joinAll(begun: Call, count: number): Promise<[TestPeer, ...TestPeer[]]> {
    const caller = await this.join(begun.caller, begun)
    await caller.connect('recv')
    const peers: [TestPeer, ...TestPeer[]] = [caller]
    for (const person of begun.others.slice(0, count - 1)) {
      const peer = await this.join(person, begun)
      await peer.connect('recv')
      peers.push(peer)
    }
    return peers
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
    // What the peers close goes on in their threads.
    await delay(200)
  }
}
