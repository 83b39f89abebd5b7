import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryVault } from '@secureconnect/e2ee/groups'
import { createRotation } from './rotation.ts'

test('new keys are due after 500 messages of one epoch or a week, also where the page was loaded anew meanwhile', async () => {
  const vault = createMemoryVault()
  let time = 0
  const load = () => createRotation(vault, () => time)
  const send = async (rotation: ReturnType<typeof load>, epoch: number) =>
    vault.write(await rotation.count('harbour', epoch))
  const [before, after] = [load(), load()]
  for (let sent = 0; sent < 300; sent += 1) await send(before, 1)
  for (let sent = 0; sent < 199; sent += 1) await send(after, 1)
  assert.equal(await after.isDue('harbour'), false)
  await send(after, 1)
  assert.equal(await after.isDue('harbour'), true)
  await send(after, 2)
  assert.equal(await after.isDue('harbour'), false)
  time = 7 * 86_400_000
  assert.equal(await load().isDue('harbour'), true)
  assert.equal(await after.isDue('another'), false)
})
