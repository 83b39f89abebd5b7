import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createRandom, scale, until } from '@secureconnect/test/helpers'
import { observer, type types } from 'mediasoup'
import { startCall } from './start-call.ts'
import { describeStream, rtpCapabilities } from './test-peer.ts'
import { TestSocket } from './test-socket.ts'
import { act, type Person, startVideo, type Video } from './test-video.ts'

const operations = scale(10_000, 250)
const cycles = scale(1_000, 50)
const seed = 1

type Cleanup = { after: (work: () => unknown) => void }

/** Counts what lives in the workers of this process, by what mediasoup itself tells. */
function countMedia(t: Cleanup) {
  const live = { routers: 0, transports: 0, producers: 0, consumers: 0 }
  const count = (
    kind: keyof typeof live,
    one: { observer: { once(event: 'close', listener: () => void): unknown } },
  ) => {
    live[kind] += 1
    one.observer.once('close', () => {
      live[kind] -= 1
    })
  }
  const look = (worker: types.Worker) => {
    worker.observer.on('newrouter', (router) => {
      count('routers', router)
      router.observer.on('newtransport', (transport) => {
        count('transports', transport)
        transport.observer.on('newproducer', (producer) => count('producers', producer))
        transport.observer.on('newconsumer', (consumer) => count('consumers', consumer))
      })
    })
  }
  observer.on('newworker', look)
  t.after(() => observer.off('newworker', look))
  return live
}

/** Somebody who does at random what people and their networks do; what he has is written down beside it. */
class Guest {
  readonly person: Person
  socket: TestSocket | undefined
  token = ''
  id = ''
  state: 'out' | 'in' | 'away' = 'out'
  transports = 0
  publishes = false
  #seq = 0
  readonly #t: Cleanup
  readonly #video: Video
  readonly #callId: string

  constructor(t: Cleanup, video: Video, { person, callId }: { person: Person; callId: string }) {
    this.#t = t
    this.#video = video
    this.person = person
    this.#callId = callId
  }

  /** Comes, comes back, or comes on a second device. */
  async join(withToken: boolean): Promise<void> {
    const before = this.socket
    this.#seq = Math.max(this.#seq, before?.seq ?? 0)
    this.socket = await TestSocket.open(this.#t, this.#video, this.person)
    const resume = withToken && this.token !== '' ? { resume_token: this.token, last_seq: this.#seq } : {}
    const call_id = this.#callId
    const joined = await this.socket.enter({ call_id, rtp_capabilities: rtpCapabilities, ...resume })
    if (this.state !== 'out') assert.equal(joined.participant_id, this.id)
    if (!joined.recovered) this.forgetMedia()
    this.id = joined.participant_id
    this.token = joined.resume_token
    this.#seq = joined.seq
    this.state = 'in'
  }

  forgetMedia(): void {
    this.transports = 0
    this.publishes = false
  }

  async publish(): Promise<void> {
    if (!this.socket) return
    const { transport_id } = await this.socket.ask('transport.create', { direction: 'send' })
    this.transports = Math.max(1, this.transports)
    const rtp_parameters = describeStream('audio', 1 + Math.floor(Math.random() * 1e9))
    await this.socket.ask('produce', { transport_id, kind: 'audio', source: 'mic', rtp_parameters })
    this.publishes = true
  }

  async drop(): Promise<void> {
    const { socket } = this
    this.#seq = socket?.seq ?? 0
    socket?.end()
    await socket?.closed
    this.state = 'away'
  }

  async leave(): Promise<void> {
    await this.socket?.ask('leave', {})
    this.socket?.end()
    this.state = 'out'
    this.token = ''
    this.forgetMedia()
  }
}

/** Who is in the room as somebody was told it. */
function foldPushes(socket: TestSocket, joined: readonly string[]): Map<string, 'in' | 'away'> {
  const people = new Map<string, 'in' | 'away'>(joined.map((id) => [id, 'in']))
  for (const push of socket.pushes) {
    if (push.type === 'participant.joined') people.set(push.participant.participant_id, 'in')
    if (push.type === 'participant.left') assert.ok(people.delete(push.participant_id), 'who leaves was there')
    if (push.type === 'participant.reconnecting') people.set(push.participant_id, 'away')
    if (push.type === 'participant.reconnected') people.set(push.participant_id, 'in')
  }
  return people
}

test(`after ${operations} comings, goings, broken lines and dead workers everybody knows who is there, and nothing is left over`, async (t) => {
  const live = countMedia(t)
  const video = await startVideo(t, 'pglite', {
    RATELIMIT_CALLS_JOIN: '100000',
    RATELIMIT_DEFAULT: '100000',
    CALL_RESUME_MS: '300000',
  })
  const { people, callId } = await startCall(video, 6)
  const [host, ...others] = people
  assert.ok(host)
  const witness = await TestSocket.open(t, video, host)
  await witness.ask('join', { call_id: callId, rtp_capabilities: rtpCapabilities })
  const guests = others.map((person) => new Guest(t, video, { person, callId }))
  for (const guest of guests) await guest.join(false)
  const random = createRandom(seed)
  const { upTo } = random

  const doSomething = async (guest: Guest) => {
    if (guest.state === 'out') return guest.join(false)
    if (guest.state === 'away') return guest.join(upTo(4) > 0)
    const what = upTo(10)
    if (what < 4) return guest.publish()
    if (what < 7) return guest.drop()
    if (what < 8) return guest.join(upTo(2) === 0)
    return guest.leave()
  }
  const killWorker = async () => {
    const pid = Number(video.lines.findLast(({ message }) => message === 'media worker started')?.pid)
    const resets = () => video.lines.filter(({ message }) => message === 'a room lives on another media worker').length
    const before = resets()
    process.kill(pid, 'SIGKILL')
    await until('the room lives on another worker', () => resets() > before)
    for (const guest of guests) guest.forgetMedia()
  }
  const check = async () => {
    const here = guests.filter(({ state }) => state !== 'out')
    const expected = new Map(here.map(({ id, state }) => [id, state]))
    await until('the witness knows who is there', () => {
      const seen = foldPushes(witness, [])
      return seen.size === expected.size && [...expected].every(([id, state]) => seen.get(id) === state)
    })
    const transports = here.reduce((sum, guest) => sum + guest.transports, 0)
    await until(`${transports} transports are left`, () => live.transports === transports)
    assert.equal(live.producers, here.filter(({ publishes }) => publishes).length)
    const { data } = await act(video, 'listParticipants', host, callId)
    const there = data.participants.filter(({ state }) => state !== 'left')
    assert.equal(there.length, 1 + here.length)
  }

  for (let done = 0; done < operations; done += guests.length) {
    await Promise.all(guests.map(doSomething))
    if (upTo(40) === 0) await killWorker()
    if (done % (guests.length * 8) === 0) await check()
  }
  await check()
  await act(video, 'end', host, callId)
  await until('nothing is left', () => Object.values(live).every((count) => count === 0))
  const errors = video.lines.filter(({ level }) => level === 'error')
  assert.deepEqual(
    errors.filter(({ message }) => message !== 'media worker died'),
    [],
  )
})

test(`${cycles} comings and goings leave the memory of the worker as it was`, async (t) => {
  const video = await startVideo(t, 'pglite', { RATELIMIT_CALLS_JOIN: '100000', RATELIMIT_DEFAULT: '100000' })
  const { people, callId } = await startCall(video, 3)
  const [ada, bob] = people.map((person) => new Guest(t, video, { person, callId }))
  assert.ok(ada && bob)
  await ada.join(false)
  await ada.publish()
  const pid = video.lines.find(({ message }) => message === 'media worker started')?.pid
  const readMb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
  const cycle = async () => {
    await bob.join(false)
    await bob.socket?.ask('transport.create', { direction: 'recv' })
    await bob.publish()
    await bob.leave()
  }
  for (let warming = 0; warming < 50; warming += 1) await cycle()
  const before = readMb()
  for (let done = 0; done < cycles; done += 1) await cycle()
  const after = readMb()
  t.diagnostic(`${before.toFixed(1)} MiB before, ${after.toFixed(1)} MiB after`)
  assert.ok(after < before * 1.1, `${before} to ${after} MiB`)
})
