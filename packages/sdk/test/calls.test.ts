import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { suite, test } from 'node:test'
import { until } from '@secureconnect/test/helpers'
import { shareInSuite } from '@secureconnect/test/services'
import { expectMedia, startCallers, talk, ways } from './call-pages.ts'

/** The processes that forward media for the system in this process. */
function listWorkers(): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [pid, parent, ...args] = line.trim().split(/\s+/)
    return Number(parent) === process.pid && args.join(' ').includes('mediasoup-worker') ? [Number(pid)] : []
  })
}

suite('two people with a page each', () => {
  const shared = shareInSuite(startCallers)

  for (const way of ways) {
    test(`over ${way} they see and hear each other`, async (t) => {
      const { ada, bob } = shared()
      await talk(t, shared(), way)
      await expectMedia(shared())
      const [received, sent] = [await bob.count(), await ada.count()]
      assert.deepEqual(
        [received.ways, sent.ways],
        [
          [way, way],
          [way, way],
        ],
      )
      assert.ok(received.decoded >= 5 && received.decoded <= sent.encoded, JSON.stringify({ received, sent }))
    })
  }

  test('one gets the size that he asks for, and a shared screen beside the camera', async (t) => {
    const { ada, bob } = shared()
    await talk(t, shared())
    const prefer = (spatial: number) =>
      ada.run(`
        const { consumerId } = page.call.tracks.find(({ source }) => source === 'camera')
        await page.call.ask('consumer.prefer', { consumer_ids: [consumerId], spatial: ${spatial} })`)
    const isWide = async (isRight: (width: number) => boolean) => isRight((await ada.count()).widths[0] ?? 0)
    await prefer(0)
    await until('the smallest comes', () => isWide((width) => width === 320))
    await prefer(2)
    await until('a larger one comes', () => isWide((width) => width >= 640))
    await bob.click('share')
    await ada.see('the screen', `page.call.tracks.some(({ source }) => source === 'screen')`)
    await until('frames of both come', async () => (await ada.count()).widths.length === 2)
    await bob.run(`await page.call.unpublish('screen')`)
    await ada.see('no screen', `!page.call.tracks.some(({ source }) => source === 'screen')`)
  })

  test('who mutes himself is seen to, and sends nothing until he goes on', async (t) => {
    const { ada, bob } = shared()
    await talk(t, shared())
    await expectMedia(shared())
    await bob.click('camera')
    await ada.see(
      'the camera off',
      `page.call.participants[0].sources.some((one) => one.source === 'camera' && one.is_paused)`,
    )
    const { decoded } = await ada.count()
    await bob.run('await new Promise((done) => setTimeout(done, 500))')
    assert.ok((await ada.count()).decoded <= decoded + 2)
    await bob.click('camera')
    await expectMedia(shared())
  })

  test('a line that breaks comes back by itself: the same people, with what they sent and received', async (t) => {
    const { ada, bob } = shared()
    await talk(t, shared())
    await expectMedia(shared())
    await bob.run(`
      globalThis.told = []
      for (const name of ['participant.reconnecting', 'participant.reconnected', 'participant.left', 'track.ended'])
        page.call.on(name, () => told.push(name))`)
    await ada.run(`globalThis.lost = []; page.call.on('track.ended', () => lost.push('track'))`)
    const who = 'return page.call.participants.map((one) => one.participant_id)'
    const before = await bob.run(who)
    await ada.run('lines.at(-1).close(4000)')
    await bob.see('the line is gone', `told.includes('participant.reconnecting')`)
    await bob.see('the line is back', `told.includes('participant.reconnected')`)
    await expectMedia(shared())
    assert.deepEqual(await bob.run(who), before)
    assert.deepEqual(await bob.run('return told'), ['participant.reconnecting', 'participant.reconnected'])
    assert.deepEqual(await ada.run('return lost'), [])
  })

  test('a media worker that dies costs a moment, and everything that was sent is sent again', async (t) => {
    const { ada, bob } = shared()
    await talk(t, shared())
    await expectMedia(shared())
    await ada.run(`globalThis.resets = 0; page.call.on('media.reset', () => { resets += 1 })`)
    await bob.run(`await page.call.mute('mic')`)
    for (const pid of listWorkers()) process.kill(pid, 'SIGKILL')
    await ada.see('the reset', 'resets === 1')
    for (const caller of [ada, bob]) await caller.see('sound and picture again', 'page.call.tracks.length === 2')
    await ada.see(
      'he is muted still',
      `page.call.participants[0].sources.some((one) => one.source === 'mic' && one.is_paused)`,
    )
    await bob.run(`await page.call.unmute('mic')`)
    await expectMedia(shared())
  })

  test('when the relay dies those in a call are told, and it goes on', async (t) => {
    const { ada, bob, relay } = shared()
    await talk(t, shared())
    for (const caller of [ada, bob])
      await caller.run(`globalThis.relays = []; page.call.on('ice_servers', ({ relay }) => relays.push(relay))`)
    t.after(() => relay.restart())
    await relay.kill()
    for (const caller of [ada, bob]) await caller.see('no relay', 'relays.at(-1) === false')
    await expectMedia(shared())
  })

  test('a call that is declined ends for who called, and one that is hung up ends for both', async () => {
    const { ada, bob } = shared()
    await ada.click('dial')
    await ada.see('that it rings there', `document.querySelector('#status').textContent === 'In the call'`)
    await bob.click('decline')
    await ada.see('the end', `document.querySelector('#status').textContent.includes('over: ended')`)
    await ada.click('dial')
    await bob.click('answer')
    await bob.click('hang-up')
    await ada.see('the end', `document.querySelector('#status').textContent.includes('over: ended')`)
    await bob.see('the end', `document.querySelector('#status').textContent.includes('over: left')`)
    for (const caller of [ada, bob])
      assert.equal(await caller.run(`return document.querySelectorAll('video').length`), 0)
  })
})
