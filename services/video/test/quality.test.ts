import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { until } from '@secureconnect/test/helpers'
import { LossyRelay } from '@secureconnect/test/media'
import { startConnectedCall } from './start-call.ts'
import type { TestPeer } from './test-peer.ts'
import type { FrameOf } from './test-socket.ts'
import { shareVideo } from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }

const everyMs = 1_000
const withinMs = 12_000

type Found = { up: number | null; down: number | null }

/** Waits until one is told something of another's line. */
async function see(by: TestPeer, whose: TestPeer, isWanted: (found: Found) => boolean): Promise<void> {
  const seen = by.socket.frames.length
  const isIt = ({ scores }: FrameOf<'quality'>) =>
    scores.some((score) => score.participant_id === whose.id && isWanted(score))
  await by.socket.nextOf(
    'quality',
    (frame) => by.socket.frames.indexOf(frame as never) >= seen && isIt(frame),
    withinMs,
  )
}

/** What one was told last of another's line. */
function lastOf(by: TestPeer, whose: TestPeer): Found | undefined {
  const frames = by.socket.frames.filter(({ type }) => type === 'quality') as unknown as FrameOf<'quality'>[]
  return frames.flatMap(({ scores }) => scores).findLast(({ participant_id }) => participant_id === whose.id)
}

const isBest = (score: number | null) => score !== null && score >= 4.5
const isBad = (score: number | null) => score !== null && score <= 3

suite('the quality of calls', () => {
  const shared = shareVideo('pglite', { CALL_QUALITY_MS: String(everyMs) })

  /** Ada talks to Bob, whose lines go through a relay; Cem looks on. */
  async function startTalk(t: Cleanup) {
    const { peers, people, callId } = await startConnectedCall(t, shared(), 3)
    const [ada, bob, cem] = peers
    assert.ok(ada && bob && cem && people[2])
    const relay = new LossyRelay()
    t.after(() => relay.close())
    bob.relay = relay
    await Promise.all([ada.publish('mic'), ada.connect('recv'), bob.connect('recv'), bob.publish('mic')])
    for (const [to, from] of [
      [ada, bob],
      [bob, ada],
    ] as const) {
      await to.receive(await to.offer(from))
      to.reportReception()
    }
    return { ada, bob, cem, relay, callId, lookingOn: people[2] }
  }

  test('is told to all of everybody, is worse in the direction that loses packets, and better when that is over', async (t) => {
    const { ada, bob, cem, relay, callId, lookingOn } = await startTalk(t)
    await Promise.all([ada, bob, cem].map((by) => see(by, bob, ({ up, down }) => isBest(up) && isBest(down))))
    relay.down = { lossRatio: 0.25 }
    await Promise.all([ada, bob].map((by) => see(by, bob, ({ up, down }) => isBad(down) && isBest(up))))
    relay.down = { lossRatio: 0 }
    relay.up = { lossRatio: 0.25 }
    await see(cem, bob, ({ up, down }) => isBad(up) && isBest(down))
    // A busy machine brings packets late, and scores are told when they change.
    await until('the other’s line is good', () => {
      const { up = null, down = null } = lastOf(cem, ada) ?? {}
      return isBest(up) && isBest(down)
    })
    const { up = null, down = null } = lastOf(ada, cem) ?? {}
    assert.deepEqual([up, down], [null, null], 'who neither sends nor receives has none')

    cem.socket.end()
    await cem.resumeOn(shared(), lookingOn, callId)
    const { scores } = await cem.socket.nextOf('quality', () => true, withinMs)
    assert.equal(scores.length, 3, 'who comes back is told of all')
    relay.up = { lossRatio: 0 }
    await see(cem, bob, ({ up, down }) => isBest(up) && isBest(down))
    const { context } = shared()
    const { values } = await context.metrics.mediaQualityScore.get()
    const counts = values.filter(({ metricName }) => metricName?.endsWith('_count'))
    assert.deepEqual(counts.map(({ labels }) => labels.direction).toSorted(), ['down', 'up'])
    assert.ok(counts.every(({ value }) => value > 0))
  })

  test('is worse where packets come in bursts, and nothing where none come any more', async (t) => {
    const { ada, bob, relay } = await startTalk(t)
    await see(ada, bob, ({ up, down }) => isBest(up) && isBest(down))
    relay.up = { lossRatio: 0, delayMs: 600 }
    await see(ada, bob, ({ up }) => up !== null && up < 4.5)
    relay.up = { lossRatio: 1 }
    await see(ada, bob, ({ up }) => up === 0)
  })
})
