import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createLogger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import type { Connection, WireFrame } from '@secureconnect/service'
import { newId } from '@secureconnect/sql'
import type { LogEvent } from '../log/log-event.ts'
import { BrokenFeed, Feed, pageRows } from './feed.ts'
import { Follower } from './follower.ts'
import { FrameBudget, RecentFrames } from './recent-frames.ts'

const metrics = createMetrics({ service: 'chat-service', version: '0', revision: 'test' })
const log = createLogger({ service: 'test', revision: 'test', level: 'silent' })
const conversationId = newId()
const userId = newId()

function message(seq: number, more: Partial<LogEvent> = {}): LogEvent {
  return {
    conversation_id: conversationId,
    seq,
    log_epoch: 1,
    kind: 'message.created',
    actor_id: userId,
    message_id: newId(),
    target_seq: null,
    number: seq,
    content: `text ${seq}`,
    data: { message_type: 'text', is_encrypted: false, metadata: {} },
    expires_at: null,
    created_at: new Date(),
    ...more,
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => message(i + 1))

/** A log of which a feed hears only what a test says, with one socket that follows from the start. */
function startFeed(events: LogEvent[], { lastSeq = 0, isAway = false } = {}) {
  const state = { isAway, reads: 0, closedWith: '' }
  const head = { conversation_id: conversationId, log_epoch: 1, last_seq: lastSeq }
  const readPage = async ({ afterSeq }: { afterSeq: number }) => {
    state.reads += 1
    await delay(1)
    if (state.isAway) throw new Error('the database is away')
    return events.filter(({ seq }) => seq > afterSeq && seq <= afterSeq + pageRows)
  }
  const recent = new RecentFrames(new FrameBudget())
  const feed = new Feed({ head, readPage, recent, metrics, log })
  const got: number[] = []
  const take = ({ bytes }: WireFrame) => void got.push(Number(/"seq":(\d+)/.exec(bytes.toString('latin1'))?.[1]))
  const connection: Pick<Connection, 'deliver' | 'deliverPaced' | 'afterwards' | 'close' | 'isClosing'> = {
    deliver: take,
    async deliverPaced(frames) {
      for (const frame of frames) {
        await delay(0)
        take(frame)
      }
    },
    afterwards: () => undefined,
    close: (reason) => {
      state.closedWith = reason
    },
    isClosing: false,
  }
  const follow = (seq: number) => {
    const follower = new Follower({ feed, connection: connection as Connection, userId, visibleFrom: 1, seq })
    feed.add(follower)
    return follower
  }
  return { feed, got, state, follow }
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i)

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

test('however events come, twice, late or never, each is told once and in its place', async () => {
  for (let round = 0; round < 50; round += 1) {
    const events = upTo(60)
    const { feed, got, follow } = startFeed(events)
    follow(0).goLive()
    const told = shuffle([...events, ...events], Math.random).filter(({ seq }) => seq === 60 || Math.random() < 0.7)
    while (told.length > 0) {
      feed.receive(told.splice(0, 1 + Math.floor(Math.random() * 5)))
      if (Math.random() < 0.3) await delay(1)
    }
    await feed.reach({ log_epoch: 1, last_seq: 60 })
    assert.deepEqual(got, range(1, 60))
    await follow(0).catchUp()
    assert.deepEqual(got.slice(60), range(1, 60))
    feed.close()
  }
})

test('a gap waits some milliseconds for what was overtaken, before the log is asked', async () => {
  const events = upTo(5)
  const { feed, got, state, follow } = startFeed(events)
  follow(0).goLive()
  feed.receive([message(2), message(3)])
  await delay(10)
  assert.deepEqual([got, state.reads], [[], 0])
  feed.receive([message(1)])
  assert.deepEqual([got, state.reads], [[1, 2, 3], 0])
  feed.receive([message(5)])
  await delay(60)
  assert.deepEqual([got, state.reads], [[1, 2, 3, 4, 5], 1])
  feed.close()
})

test('what comes while the log is read is told once', async () => {
  const events = upTo(5)
  const { feed, got, follow } = startFeed(events)
  follow(0).goLive()
  const reached = feed.reach({ log_epoch: 1, last_seq: 5 })
  feed.receive(events.slice(0, 2))
  await reached
  assert.deepEqual(got, range(1, 5))
  await follow(0).catchUp()
  assert.deepEqual(got.slice(5), range(1, 5))
  feed.close()
})

test('while the log is away nothing later is told, and when it is back everything is', async () => {
  const { feed, got, state, follow } = startFeed(upTo(9), { isAway: true })
  follow(0).goLive()
  feed.receive([message(9)])
  await assert.rejects(feed.reach({ log_epoch: 1, last_seq: 9 }))
  assert.deepEqual(got, [])
  state.isAway = false
  await feed.reach({ log_epoch: 1, last_seq: 9 })
  assert.deepEqual(got, range(1, 9))
  assert.ok(!feed.isBehind({ log_epoch: 1, last_seq: 9 }))
  feed.close()
})

test('who catches up while others write gets both in order', async () => {
  const events = upTo(500)
  const { feed, got, follow } = startFeed(events, { lastSeq: 500 })
  const catchingUp = follow(100).catchUp()
  for (const seq of range(501, 560)) {
    const event = message(seq)
    events.push(event)
    feed.receive([event])
    await delay(0)
  }
  await catchingUp
  assert.deepEqual(got, range(101, 560))
  feed.close()
})

test('who leaves gets nothing beyond, also where he is still catching up', async () => {
  const events = upTo(50)
  const { feed, got, follow } = startFeed(events, { lastSeq: 50 })
  const follower = follow(10)
  const catchingUp = follower.catchUp()
  const left = message(51, { kind: 'member.left', data: { user_id: userId, by: null, reason: 'removed' } })
  events.push(left, message(52))
  feed.receive([left, message(52)])
  await catchingUp
  feed.receive([message(53)])
  assert.deepEqual(got, range(11, 51))
  assert.ok(follower.isEnded)
  assert.equal(feed.followers.size, 0)
  feed.close()
})

test('a log that begins anew sends everybody away', async () => {
  const { feed, state, follow } = startFeed(upTo(5), { lastSeq: 5 })
  follow(5).goLive()
  feed.receive([message(4, { log_epoch: 2 })])
  assert.deepEqual([feed.isBroken, state.closedWith], [true, 'restart'])
  await assert.rejects(feed.read(0), BrokenFeed)
})

test('a log that has lost what somebody missed gives him nothing', async () => {
  const { feed, follow, got } = startFeed(upTo(9).slice(4), { lastSeq: 9 })
  await assert.rejects(follow(2).catchUp(), BrokenFeed)
  assert.deepEqual(got, [])
  feed.close()
})

test('of a deleted text nothing is kept for those who come back', async () => {
  const events = upTo(3)
  const { feed, got, state, follow } = startFeed(events)
  follow(0).goLive()
  feed.receive(events)
  const deleted = message(4, { kind: 'message.deleted', target_seq: 2, data: { message_id: newId() }, content: null })
  events.push(deleted)
  feed.receive([deleted])
  assert.deepEqual([got, state.reads], [[1, 2, 3, 4], 0])
  await follow(0).catchUp()
  assert.equal(state.reads, 1)
  feed.close()
})

test('a new text is kept no longer than the message that it is of', async () => {
  for (const [livesMs, reads] of [
    [3_600_000, 0],
    [1_000, 1],
  ] as const) {
    const expires_at = new Date(Date.now() + livesMs)
    const data = { message_id: newId(), metadata: {} }
    const events = [message(1), message(2, { kind: 'message.edited', target_seq: 1, data, expires_at })]
    const { feed, state, follow } = startFeed(events)
    feed.receive(events)
    await follow(1).catchUp()
    assert.equal(state.reads, reads)
    feed.close()
  }
})

for (const way of ['told', 'read'] as const) {
  test(`an event of another version, when ${way}, sends its sockets away and ends nothing else`, async () => {
    const events = [message(1), message(2, { data: { message_type: 'unheard of' } }), message(3)]
    const { feed, got, state, follow } = startFeed(events)
    follow(0).goLive()
    if (way === 'told') feed.receive(events)
    else await feed.reach({ log_epoch: 1, last_seq: 3 })
    assert.deepEqual([got, feed.isBroken, state.closedWith], [[1], true, 'restart'])
  })
}
