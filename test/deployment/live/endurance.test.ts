import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { scale } from '@secureconnect/test/helpers'
import { LiveStack, nameOf } from './live-stack.ts'
import { Someone, usual } from './someone.ts'

const minutes = scale(15, 0)
const found = minutes > 0 ? await LiveStack.find() : 'takes a quarter of an hour, so only at full size'
const skip = typeof found === 'string' && found
/** Each of them acts so often, which no limit forbids. */
const actEveryMs = 15_000
const people = 5

test('under light traffic everything goes on as usual, and nobody restarts or outgrows his memory', {
  skip,
}, async (t) => {
  assert.ok(typeof found !== 'string')
  await found.well()
  const crowd = await Promise.all(Array.from({ length: people }, () => Someone.signUp()))
  const before = new Map((await found.containers()).map((one) => [nameOf(one), one.RestartCount]))
  const endsAt = performance.now() + minutes * 60_000
  let acts = 0
  while (performance.now() < endsAt) {
    for (const someone of crowd) assert.deepEqual(await someone.doEverything(), usual, `after ${acts} acts`)
    acts += crowd.length * Object.keys(usual).length
    await delay(actEveryMs)
  }
  await found.well()
  for (const one of await found.containers()) assert.equal(one.RestartCount, before.get(nameOf(one)), nameOf(one))
  const used = await found.memory()
  t.diagnostic(
    `${acts} acts; memory used, of its limit: ${used.map(({ name, share }) => `${name} ${share} %`).join(', ')}`,
  )
  assert.deepEqual(
    used.filter(({ share }) => share > 95),
    [],
  )
})
