import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { scale } from '@secureconnect/test/helpers'
import { LossyRelay } from '@secureconnect/test/media'
import { shareInSuite } from '@secureconnect/test/services'
import { type Callers, expectMedia, startCallers, talk } from './call-pages.ts'

const halfWaveMs = 20_000
const waves = scale(5, 0)
/** Half of what the largest size takes with the sound, and three times the smallest. */
const thin = 150_000
const leastWaitMs = 5_000
const mostAMinute = 6
/** A quarter of all the time. */
const mostFrozenSeconds = (waves * halfWaveMs) / 2_000

/** One port for all calls, so that a relay to the first of them leads to the next. */
const oneWay = { MEDIA_WORKERS: '1' }

type Change = { at: number; spatial: number | null }

/** A call in which what Ada receives goes through a relay. */
async function talkThrough(
  t: { after: (work: () => unknown) => void },
  callers: Callers,
  relay: LossyRelay,
): Promise<void> {
  const { ada, bob } = callers
  await talk(t, callers)
  const port = Number(await ada.run('return serverPort'))
  await bob.run('await page.call.hangUp()')
  for (const caller of [ada, bob]) await caller.see('the end', `!document.querySelector('#dial').disabled`)
  await ada.run(`globalThis.detour = ${await relay.open(port)}`)
  await talk(t, callers)
}

suite('the layers of a picture', { skip: waves === 0 && 'takes four minutes, so only at full size' }, () => {
  const shared = shareInSuite((t) => startCallers(t, oneWay))

  test('a line whose bandwidth goes up and down has a picture change its size a few times a minute, and not stand still', async (t) => {
    const callers = shared()
    const { ada } = callers
    const relay = new LossyRelay()
    t.after(() => relay.close())
    await talkThrough(t, callers, relay)
    await ada.run(`
      const { consumerId } = page.call.tracks.find(({ source }) => source === 'camera')
      globalThis.changes = []
      page.call.on('consumer.layers', ({ consumer_id, spatial }) => {
        if (consumer_id === consumerId && spatial !== changes.at(-1)?.spatial) changes.push({ at: performance.now(), spatial })
      })
      document.getElementById(consumerId).closest('figure').style.width = '100%'`)
    await ada.see('the largest', 'changes.at(-1)?.spatial === 2')
    await expectMedia(callers)
    await ada.run('changes.splice(0, changes.length - 1)')
    const frozen = async () =>
      Number(
        await ada.run(`
      const { received } = await page.call.stats()
      return Math.max(...[...received.values()].map(({ totalFreezesDuration }) => totalFreezesDuration ?? 0))`),
      )
    const frozenBefore = await frozen()
    for (let wave = 0; wave < waves; wave += 1) {
      relay.down = { lossRatio: 0, bitsPerSecond: thin }
      await delay(halfWaveMs)
      relay.down = { lossRatio: 0 }
      await delay(halfWaveMs)
    }
    const [, ...changes] = (await ada.run('return changes')) as Change[]
    const frozenSeconds = (await frozen()) - frozenBefore
    t.diagnostic(
      JSON.stringify({ changes: changes.map(({ at, spatial }) => [Math.round(at), spatial]), frozenSeconds }),
    )
    assert.ok(changes.length > 0)
    assert.ok(frozenSeconds <= mostFrozenSeconds, `it stood still for ${frozenSeconds} s`)
    const most = Math.max(
      ...changes.map(({ at }) => changes.filter((one) => one.at >= at && one.at < at + 60_000).length),
    )
    assert.ok(most <= mostAMinute, `${most} changes within a minute`)
    const isRise = (index: number) => (changes[index]?.spatial ?? -1) > (changes[index - 1]?.spatial ?? -1)
    const waited = changes.flatMap(({ at }, index) =>
      index > 0 && isRise(index) && !isRise(index - 1) ? at - (changes[index - 1]?.at ?? 0) : [],
    )
    assert.ok(
      waited.every((ms) => ms >= leastWaitMs - 100),
      waited.join(),
    )
  })
})
