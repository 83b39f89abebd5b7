import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Slots } from './slots.ts'

test('places go to those who wait in the order in which they came, and to nobody who has given up', async () => {
  const slots = new Slots(1)
  const [never, impatient] = [new AbortController().signal, new AbortController()]
  const first = await slots.take(never)
  const order: string[] = []
  const wait = async (name: string, signal: AbortSignal) => {
    const slot = await slots.take(signal)
    order.push(slot ? name : `${name} gave up`)
    slot?.[Symbol.dispose]()
  }
  const waiting = [wait('second', never), wait('third', impatient.signal), wait('fourth', never)]
  impatient.abort()
  await waiting[1]
  first?.[Symbol.dispose]()
  first?.[Symbol.dispose]()
  await Promise.all(waiting)
  assert.deepEqual(order, ['third gave up', 'second', 'fourth'])
  assert.equal(slots.taken, 0)
  assert.equal(await slots.take(impatient.signal), undefined)
})
