import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Receipt } from '@secureconnect/protocol'
import type { WireFrame } from '@secureconnect/service'
import type { Follower } from './follower.ts'
import { Receipts } from './receipts.ts'

/** Somebody who follows, and the receipts in each frame that he is told. */
function follow(userId: string) {
  const frames: Receipt[][] = []
  const hint = ({ bytes }: WireFrame) => frames.push(JSON.parse(bytes.subarray(bytes.indexOf('{')).toString()).receipts)
  return { frames, follower: { userId, hint } as unknown as Follower }
}

const receipt = (user_id: string, read_seq: number, delivered_seq = read_seq): Receipt => {
  return { user_id, delivered_seq, read_seq }
}

test('of three hundred people who read as fast as they can, each hears in one frame a second', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const people = Array.from({ length: 300 }, (_, index) => follow(`person-${index}`))
  const followers = new Set(people.map(({ follower }) => follower))
  const receipts = new Receipts({ conversationId: 'room', followers })
  for (let tick = 1; tick <= 50; tick++) {
    for (const { follower } of people) receipts.add({ receipt: receipt(follower.userId, tick), apart: [] })
    t.mock.timers.tick(100)
  }
  t.mock.timers.tick(1_000)
  for (const { frames } of people) {
    assert.ok(frames.length >= 5 && frames.length <= 6, `${frames.length} frames in six seconds`)
    assert.deepEqual(
      frames.at(-1),
      people.map(({ follower }) => receipt(follower.userId, 50)),
    )
  }
  receipts.close()
})

test('a lone receipt is told soon, and the farthest counts in whichever order they come', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { frames, follower } = follow('ada')
  const receipts = new Receipts({ conversationId: 'room', followers: new Set([follower]) })
  for (const one of [receipt('bob', 2, 5), receipt('bob', 4, 4), receipt('bob', 1)])
    receipts.add({ receipt: one, apart: [] })
  t.mock.timers.tick(200)
  assert.deepEqual(frames, [[receipt('bob', 4, 5)]])
  t.mock.timers.tick(5_000)
  receipts.add({ receipt: receipt('bob', 6), apart: [] })
  t.mock.timers.tick(200)
  assert.equal(frames.length, 2)
  receipts.close()
})

test('whoever is apart hears of the others only', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const [ada, bob] = [follow('ada'), follow('bob')]
  const receipts = new Receipts({ conversationId: 'room', followers: new Set([ada.follower, bob.follower]) })
  receipts.add({ receipt: receipt('eve', 1), apart: ['ada'] })
  receipts.add({ receipt: receipt('ida', 2), apart: [] })
  t.mock.timers.tick(1_200)
  receipts.add({ receipt: receipt('eve', 3), apart: ['ada'] })
  t.mock.timers.tick(1_200)
  assert.deepEqual(ada.frames, [[receipt('ida', 2)]])
  assert.deepEqual(bob.frames, [[receipt('eve', 1), receipt('ida', 2)], [receipt('eve', 3)]])
  receipts.close()
})
