import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { allowedMs, scale, until } from '@secureconnect/test/helpers'
import { startConnectedCall } from './start-call.ts'
import type { TestPeer } from './test-peer.ts'
import { shareVideo, type Video } from './test-video.ts'

const kills = scale(20, 3)
const peopleInRoom = scale(50, 6)
const backWithinMs = 2_000

type Cleanup = { after: (work: () => unknown) => void }

/** A room in which the first one talks and all others hear him. */
async function startTalk(t: Cleanup, video: Video, count: number) {
  const { peers } = await startConnectedCall(t, video, count)
  const [speaker, ...listeners] = peers
  assert.ok(speaker)
  await Promise.all([speaker.publish('mic'), ...listeners.map((listener) => listener.connect('recv'))])
  const heard = await Promise.all(listeners.map(async (listener) => listener.receive(await listener.offer(speaker))))
  return { speaker, listeners, everybody: peers, heard }
}

/** The processes of the workers that run. */
function listWorkers({ lines }: Video): number[] {
  const pidsOf = (told: string) => lines.flatMap(({ message, pid }) => (message === told ? Number(pid) : []))
  const dead = pidsOf('media worker died')
  return pidsOf('media worker started').filter((pid) => !dead.includes(pid))
}

/** The worker that somebody's media go through. */
function findWorkerOf({ lines }: Video, { port }: TestPeer): number {
  const started = lines.findLast((one) => one.message === 'media worker started' && one.port === port)
  assert.ok(started)
  return Number(started.pid)
}

async function killWorkerOf(video: Video, peer: TestPeer): Promise<void> {
  const worker = findWorkerOf(video, peer)
  process.kill(worker, 'SIGKILL')
  await video.line(({ message, pid }) => message === 'media worker died' && pid === worker)
}

/** Does what a client does when its media are gone; answers when they are back. */
async function recover(peer: TestPeer, speaker: TestPeer, afterSeq: number): Promise<void> {
  await peer.socket.nextOf('media.reset', ({ seq }) => seq > afterSeq)
  await peer.rebuild()
  if (peer === speaker) return
  const isNew = ({ seq, participant_id }: { seq: number; participant_id: string }) =>
    seq > afterSeq && participant_id === speaker.id
  await peer.receive(await peer.socket.nextOf('consumer.new', isNew))
}

/** Collects the numbers of the packets that come; answers how many of them are missing. */
function watchForLosses(peer: TestPeer): () => number {
  const numbers = new Set<number>()
  peer.watch((packet) => numbers.add(packet.readUInt16BE(2)))
  return () => {
    const sorted = [...numbers].toSorted((a, b) => a - b)
    assert.ok(sorted.length > 0, 'packets came')
    return (sorted.at(-1) ?? 0) - (sorted[0] ?? 0) + 1 - numbers.size
  }
}

suite('a media worker that is killed', () => {
  const shared = shareVideo('pglite', { MEDIA_WORKERS: '2' })

  test('costs the rooms on other workers nothing', async (t) => {
    const video = shared()
    const [hit, other] = [await startTalk(t, video, 2), await startTalk(t, video, 2)]
    const [listener] = other.listeners
    assert.ok(listener)
    assert.notEqual(hit.speaker.port, other.speaker.port, 'rooms go where there is least to do')
    const countLosses = watchForLosses(listener)
    const before = hit.everybody.map(({ socket }) => socket.seq)
    await listener.hear(other.heard[0] ?? 0)
    await killWorkerOf(video, hit.speaker)
    await Promise.all(hit.everybody.map((peer, index) => recover(peer, hit.speaker, before[index] ?? 0)))
    await listener.hear(other.heard[0] ?? 0)
    assert.equal(countLosses(), 0)
    assert.deepEqual(
      other.everybody.flatMap(({ socket }) => socket.pushes.filter(({ type }) => type === 'media.reset')),
      [],
    )
  })

  test('takes nothing for good from a room that was going on on another one which dies as well', async (t) => {
    const video = shared()
    const { speaker, everybody } = await startTalk(t, video, 3)
    const before = everybody.map(({ socket }) => socket.seq)
    await until('both workers run', () => listWorkers(video).length === 2)
    const other = listWorkers(video).find((pid) => pid !== findWorkerOf(video, speaker))
    assert.ok(other)
    // It is asked for a place, and dies before it gives one.
    process.kill(other, 'SIGSTOP')
    await killWorkerOf(video, speaker)
    process.kill(other, 'SIGKILL')
    await Promise.all(everybody.map((peer, index) => recover(peer, speaker, before[index] ?? 0)))
  })

  test(`costs those on it less than ${backWithinMs} ms, and nobody leaves for it`, async (t) => {
    const video = shared()
    const { speaker, everybody } = await startTalk(t, video, peopleInRoom)
    const took: number[] = []
    for (let kill = 0; kill < kills; kill += 1) {
      const before = everybody.map(({ socket }) => socket.seq)
      const startedAt = performance.now()
      const asked = everybody.map(({ socket }) => socket.request('transport.create', { direction: 'recv' }))
      await killWorkerOf(video, speaker)
      const codes = (await Promise.all(asked)).flatMap((reply) => (reply.ok ? [] : reply.error.code))
      assert.deepEqual([...new Set(['MEDIA_NOT_READY', ...codes])], ['MEDIA_NOT_READY'])
      const times = await Promise.all(
        everybody.map(async (peer, index) => {
          await recover(peer, speaker, before[index] ?? 0)
          return performance.now() - startedAt
        }),
      )
      took.push(...times)
    }
    const sorted = took.toSorted((a, b) => a - b)
    const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? Number.POSITIVE_INFINITY
    t.diagnostic(`${kills} kills, ${peopleInRoom} people: media back within ${Math.round(p95)} ms (p95)`)
    assert.ok(p95 < allowedMs(backWithinMs), `${p95} ms`)
    const told = everybody.flatMap(({ socket }) => socket.pushes.map(({ type }) => type))
    assert.equal(told.includes('participant.left'), false)
  })
})
