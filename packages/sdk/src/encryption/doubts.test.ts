import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDoubts } from './doubts.ts'

test('a group that could not be settled, or was doubted meanwhile, is settled before the next message', async () => {
  const doubts = createDoubts()
  const fail = () => Promise.reject(new Error('no answer'))
  await assert.rejects(doubts.settleBy('harbour', fail), /no answer/)
  assert.equal(doubts.isStale('harbour'), true)
  await doubts.settleBy('harbour', async () => doubts.doubt('harbour'))
  assert.equal(doubts.isStale('harbour'), true)
  await doubts.settleBy('harbour', async () => undefined)
  assert.equal(doubts.isStale('harbour'), false)
})
