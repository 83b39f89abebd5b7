import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Turns } from './turns.ts'

const patientMs = 10_000

test('turns go to whoever came first, and before him to what is critical', async () => {
  const turns = new Turns(1)
  await turns.take(patientMs)
  const order: string[] = []
  const wait = (name: string, isCritical: boolean) =>
    turns.take(patientMs, { isCritical }).then(() => {
      order.push(name)
      turns.give()
    })
  const all = [wait('first', false), wait('second', false), wait('critical', true)]
  assert.deepEqual([turns.countBefore({ isCritical: false }), turns.countBefore({ isCritical: true })], [3, 1])
  turns.give()
  await Promise.all(all)
  assert.deepEqual(order, ['critical', 'first', 'second'])
  assert.equal(turns.taken, 0)
})

test('whoever waits too long is refused, and no turn is lost by it', async () => {
  const turns = new Turns(2)
  await Promise.all([turns.take(patientMs), turns.take(patientMs)])
  await assert.rejects(turns.take(1), { code: 'SERVICE_UNAVAILABLE' })
  turns.give()
  await turns.take(1)
  assert.equal(turns.taken, 2)
})
