import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createSafetyNumber, noteDevices, trustOf, verify } from './index.ts'

const newKey = () => randomBytes(32).toString('base64')
const device = (deviceId: string, identityKey = newKey()) => ({ deviceId, identityKey })

test('a safety number is the same for both, whatever order the keys come in, and another with each other key', async () => {
  const [phone, tablet, own] = [newKey(), newKey(), newKey()]
  const ada = { userId: 'ada', identityKeys: [own] }
  const bob = { userId: 'bob', identityKeys: [phone, tablet] }
  const number = await createSafetyNumber(ada, bob)
  assert.match(number, /^(\d{5} ){11}\d{5}$/)
  assert.equal(await createSafetyNumber({ ...bob, identityKeys: [tablet, phone] }, ada), number)
  for (const identityKeys of [[phone], [phone, newKey()], [phone, tablet, newKey()]])
    assert.notEqual(await createSafetyNumber(ada, { ...bob, identityKeys }), number)
  // A service that shows each of two people its own keys in place of the other's is found out.
  const shown = createSafetyNumber(ada, { ...bob, identityKeys: [newKey()] })
  const seen = createSafetyNumber({ ...ada, identityKeys: [newKey()] }, bob)
  assert.notEqual(await shown, await seen)
})

test('a device that is new, gone or set up anew is a change; one that was there before is none', () => {
  const [phone, tablet] = [device('phone'), device('tablet')]
  const first = noteDevices(undefined, [phone])
  assert.equal(first.change, undefined)
  assert.equal(noteDevices(first.trust, [phone]).change, undefined)
  const more = noteDevices(first.trust, [tablet, phone])
  assert.deepEqual(more.change, { added: [tablet], removed: [], replaced: [], wasVerified: false })
  const other = device('phone')
  const replaced = noteDevices(more.trust, [other])
  assert.deepEqual(replaced.change, { added: [], removed: [tablet], replaced: [other], wasVerified: false })
})

test('what was compared holds until there is a device that was not, and is compared anew then', () => {
  const [phone, tablet] = [device('phone'), device('tablet')]
  const { trust } = noteDevices(undefined, [phone, tablet])
  assert.equal(trustOf(trust), 'unverified')
  const compared = verify(trust)
  assert.equal(trustOf(compared), 'verified')
  const less = noteDevices(compared, [phone])
  assert.deepEqual([trustOf(less.trust), less.change?.wasVerified], ['verified', false])
  const swapped = noteDevices(compared, [phone, device('tablet')])
  assert.deepEqual([trustOf(swapped.trust), swapped.change?.wasVerified], ['changed', true])
  // It stays changed, though nothing more happens, until somebody compares again.
  assert.equal(trustOf(noteDevices(swapped.trust, swapped.trust.devices).trust), 'changed')
  assert.equal(trustOf(verify(swapped.trust)), 'verified')
})
