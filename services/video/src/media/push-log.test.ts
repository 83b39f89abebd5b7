import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@secureconnect/protocol'
import { toWireFrame } from '@secureconnect/service'
import { PushLog } from './push-log.ts'

const { frames, bytes } = limits.replayedPushes
const push = (text: string) => toWireFrame({ type: 'data', text })

test('what came after a number is known, all of it or nothing', () => {
  const log = new PushLog()
  assert.deepEqual(log.after(0), [])
  const all = ['a', 'b', 'c'].map(push)
  for (const frame of all) log.add(frame)
  assert.deepEqual(log.after(0), all)
  assert.deepEqual(log.after(2), all.slice(2))
  assert.deepEqual(log.after(3), [])
  assert.equal(log.after(4), undefined, 'that was never told')
  assert.equal(log.after(-1), undefined)
})

test('only so much is kept, however many and however big', () => {
  const many = new PushLog()
  for (let i = 0; i < frames + 10; i += 1) many.add(push('x'))
  assert.equal(many.after(9), undefined)
  assert.equal(many.after(10)?.length, frames)
  const big = new PushLog()
  for (let i = 0; i < 10; i += 1) big.add(push('x'.repeat(bytes / 4)))
  assert.ok((big.after(7)?.length ?? 0) > 0)
  assert.equal(big.after(0), undefined)
})
