import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  beginGroup,
  createDevice,
  createMemoryVault,
  makeCommit,
  readKeyPackage,
  type Vault,
} from '@secureconnect/e2ee/groups'
import type { Needed } from './needs.ts'
import { findPackage, refill } from './own-device.ts'

type Upload = { key_packages?: { key_package: string; last_resort?: boolean }[] }
type Waiting = { oneTime: string[]; lastResort: string | undefined }

/** What the service has of one device's key packages. */
function createShelf(vault: Vault) {
  const waiting: Waiting = { oneTime: [], lastResort: undefined }
  const upload = async ({ key_packages = [] }: Upload) => {
    waiting.oneTime.push(...key_packages.filter((one) => !one.last_resort).map((one) => one.key_package))
    waiting.lastResort = key_packages.find((one) => one.last_resort)?.key_package ?? waiting.lastResort
  }
  const rotate = async (input: Upload) => {
    waiting.oneTime = []
    await upload(input)
  }
  const count = async () => ({
    key_packages: waiting.oneTime.length,
    has_last_resort: waiting.lastResort !== undefined,
  })
  const client = { rest: { keys: { upload, rotate, count } } }
  return { waiting, needed: { client, vault } as unknown as Needed }
}

const days = (count: number) => count * 86_400_000

test('key packages are new after a month, and a welcome to the old ones is opened for another one', async () => {
  const vault = createMemoryVault()
  const { waiting, needed } = createShelf(vault)
  const [bob, ada] = [
    { userId: 'bob', deviceId: 'phone' },
    { userId: 'ada', deviceId: 'laptop' },
  ]
  const [device, founder] = [await createDevice(bob), await createDevice(ada)]
  const begun = Date.now()
  await refill(needed, device, begun)
  const first = { ...waiting, oneTime: [...waiting.oneTime] }
  await refill(needed, device, begun + days(29))
  assert.deepEqual(waiting, first)
  await refill(needed, device, begun + days(31))
  assert.equal(waiting.oneTime.length, first.oneTime.length)
  assert.notEqual(waiting.lastResort, first.lastResort)
  assert.ok(waiting.oneTime.every((one) => !first.oneTime.includes(one)))
  const group = await beginGroup(founder, 'harbour', () => true)
  const invite = async (text = '') =>
    String((await makeCommit(group, { add: [await readKeyPackage(text, device)] })).welcome)
  const welcomes = await Promise.all([invite(first.lastResort), invite(first.oneTime[0])])
  for (const welcome of welcomes) assert.equal(typeof (await findPackage(vault, device, welcome)), 'object')
  await refill(needed, device, begun + days(62))
  for (const welcome of welcomes) assert.equal(await findPackage(vault, device, welcome), undefined)
})

test('what is noted of key packages goes once none of them can be used any more', async () => {
  const vault = createMemoryVault()
  const { needed, waiting } = createShelf(vault)
  const device = await createDevice({ userId: 'bob', deviceId: 'phone' })
  const begun = Date.now()
  await refill(needed, device, begun)
  const group = await beginGroup(await createDevice({ userId: 'ada', deviceId: 'laptop' }), 'harbour', () => true)
  const { welcome = '' } = await makeCommit(group, { add: [await readKeyPackage(waiting.oneTime[0] ?? '', device)] })
  const found = await findPackage(vault, device, welcome)
  assert.ok(typeof found === 'object')
  await vault.write(found.spent)
  assert.equal(await findPackage(vault, device, welcome), 'repeated')
  assert.equal((await vault.list('used:')).length, 1)
  for (const month of [1, 2, 3, 4]) await refill(needed, device, begun + days(month * 31))
  assert.deepEqual(await vault.list('used:'), [])
  assert.ok((await vault.list('package:')).length <= 2 * waiting.oneTime.length)
})
