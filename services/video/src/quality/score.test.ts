import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '@secureconnect/test/helpers'
import { bestScore, type Impairments, roundScore, scoreOf } from './score.ts'

const perfect: Impairments = { lossRatio: 0, jitterMs: 0, roundTripMs: 0, missingLayers: 0 }
const near = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 0.05, `${found}`)

/** The mean opinion score that G.107 makes of R. */
const mosOf = (r: number) => 1 + 0.035 * r + 0.000007 * r * (r - 60) * (100 - r)

test('a line that takes nothing away has the best score, and one that lets nothing through the worst', () => {
  assert.equal(scoreOf(perfect), bestScore)
  assert.equal(scoreOf({ ...perfect, lossRatio: 1 }), 0)
})

test('what people notice costs what they say it does', () => {
  near(scoreOf({ ...perfect, roundTripMs: 100, jitterMs: 10 }), 4.9)
  near(scoreOf({ ...perfect, roundTripMs: 600 }), 4.1)
  near(scoreOf({ ...perfect, lossRatio: 0.02 }), 4.75)
  near(scoreOf({ ...perfect, lossRatio: 0.1 }), 3.75)
  near(scoreOf({ ...perfect, lossRatio: 0.2 }), 2.5)
  near(scoreOf({ ...perfect, missingLayers: 1 }), 4)
  near(scoreOf({ ...perfect, missingLayers: 2, lossRatio: 0.2 }), 0.5)
})

test('the score is about the opinion that listeners have, where they have different ones', () => {
  for (let lossRatio = 0.04; lossRatio <= 0.2; lossRatio += 0.01) {
    const difference = scoreOf({ ...perfect, lossRatio }) - mosOf(100 - 250 * lossRatio)
    assert.ok(Math.abs(difference) < 0.2, `${difference} at ${lossRatio}`)
  }
})

const largest: Impairments = { lossRatio: 1, jitterMs: 10_000, roundTripMs: 60_000, missingLayers: 3 }
const names = Object.keys(largest) as (keyof Impairments)[]

test('the score never leaves its scale, and nothing that gets worse makes it better', () => {
  const random = createRandom(7)
  // Small values are as likely as large ones.
  const pick = (most: number) => most * (random.upTo(1_001) / 1_000) ** 4
  for (let round = 0; round < 2_000; round += 1) {
    const line = Object.fromEntries(names.map((name) => [name, pick(largest[name])])) as Impairments
    const score = scoreOf(line)
    assert.ok(score >= 0 && score <= bestScore)
    for (const name of names) assert.ok(scoreOf({ ...line, [name]: line[name] + pick(largest[name]) }) <= score, name)
  }
})

test('people are shown halves', () => {
  assert.deepEqual([null, 0.2, 0.3, 4.74, 4.76].map(roundScore), [null, 0, 0.5, 4.5, 5])
})
