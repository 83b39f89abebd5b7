import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { before, suite, test } from 'node:test'
import { onlyAtFullSize, suiteScope, until } from '@secureconnect/test/helpers'
import { shareInSuite } from '@secureconnect/test/services'
import { expectMedia, hangUpAfter, startCallers, talk, type Way, ways } from './call-pages.ts'

/** The processes that forward media for a system. */
function listWorkers({ pid: owner }: { pid: number | undefined }): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [pid, parent, ...args] = line.trim().split(/\s+/)
    return Number(parent) === owner && args.join(' ').includes('mediasoup-worker') ? [Number(pid)] : []
  })
}

const restarts = onlyAtFullSize('media that are made anew take long')
/** As long as somebody whose line is gone is waited for. */
const backWithinMs = 30_000

/** Those of the ways that are tried each day: the first that is looked for, and the last that is left. */
const usual: readonly Way[] = ['udp', 'relay over tls']

suite('two people with a page each', () => {
  const shared = shareInSuite(startCallers)

  for (const way of ways) {
    const options = usual.includes(way) ? {} : onlyAtFullSize('the ends of the list are tried each day')
    test(`by ${way} they see and hear each other`, options, async (t) => {
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

  suite('in a call', () => {
    const scope = suiteScope()
    before(() => talk(scope, shared()))

    test('pictures come as large as they are shown, and are sent as long as somebody sees them', async () => {
      const { ada, bob } = shared()
      const style = (change: string) =>
        ada.run(`
          const { consumerId } = page.call.tracks.find(({ source }) => source === 'camera')
          Object.assign(document.getElementById(consumerId).closest('figure').style, ${change})`)
      const isWide = async (isRight: (width: number) => boolean) => isRight((await ada.count()).widths[0] ?? 0)
      await style(`{ width: '60px' }`)
      await until('the smallest comes', () => isWide((width) => width === 240))
      await style(`{ width: '600px' }`)
      await until('a larger one comes', () => isWide((width) => width >= 480))
      await style(`{ display: 'none' }`)
      const count = async () => (await bob.count()).encoded
      await until(
        'nothing is encoded any more',
        async () => {
          const before = await count()
          await bob.run('await new Promise((done) => setTimeout(done, 500))')
          return (await count()) === before
        },
        10_000,
      )
      await style(`{ display: '', width: '' }`)
      await expectMedia(shared())
    })

    test('a shared screen comes beside the camera', async () => {
      const { ada, bob } = shared()
      await bob.click('share')
      await ada.see('the screen', `page.call.tracks.some(({ source }) => source === 'screen')`)
      await until('frames of both come', async () => (await ada.count()).widths.length === 2)
      await ada.see('what it sounds like', `page.call.tracks.some(({ source }) => source === 'screen_audio')`)
      await bob.run(`await page.call.unpublish('screen')`)
      await ada.see('nothing of it', `!page.call.tracks.some(({ source }) => source.startsWith('screen'))`)
    })

    test('who mutes himself is seen to, and sends nothing until he goes on', async () => {
      const { ada, bob } = shared()
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

    test('each is shown how well media go to and from both', async () => {
      const { ada, bob } = shared()
      await expectMedia(shared())
      for (const caller of [ada, bob]) {
        await caller.see(
          'scores of both',
          `[page.call.own, ...page.call.participants].every(({ participant_id }) => {
            const { up, down } = page.call.qualityOf(participant_id) ?? {}
            return up > 0 && down > 0
          })`,
        )
        const shown = `document.querySelector('#quality').textContent`
        await caller.see('what they mean', `/^You: sending .+, receiving .+(ada|bob): sending/.test(${shown})`)
      }
    })

    test('a line that breaks comes back by itself: the same people, with what they sent and received', async () => {
      const { ada, bob } = shared()
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

    test('a media worker that dies costs a moment, and everything that was sent is sent again', restarts, async () => {
      const { ada, bob, system } = shared()
      await expectMedia(shared())
      await ada.run(`globalThis.resets = 0; page.call.on('media.reset', () => { resets += 1 })`)
      await bob.run(`await page.call.mute('mic')`)
      for (const pid of listWorkers(system)) process.kill(pid, 'SIGKILL')
      await ada.see('the reset', 'resets === 1')
      for (const caller of [ada, bob]) await caller.see('sound and picture again', 'page.call.tracks.length === 2')
      await ada.see(
        'he is muted still',
        `page.call.participants[0].sources.some((one) => one.source === 'mic' && one.is_paused)`,
      )
      await bob.run(`await page.call.unmute('mic')`)
      await expectMedia(shared())
    })

    test(
      'a line that breaks while media are made anew: what was offered before is not taken for what is offered then',
      restarts,
      async () => {
        const { ada, bob, system } = shared()
        await expectMedia(shared())
        await ada.run(`
        let transports = 0
        globalThis.breaksAt = (frame) => frame.includes('ice_candidates') && (transports += 1) === 2
        globalThis.begun = 0
        page.call.on('track', () => { begun += 1 })`)
        for (const pid of listWorkers(system)) process.kill(pid, 'SIGKILL')
        await ada.see('sound and picture anew', 'begun >= 2 && page.call.tracks.length === 2')
        await bob.see('sound and picture', 'page.call.tracks.length === 2')
        await expectMedia(shared())
      },
    )

    test(
      'everything is killed and started again: the same two are in the same call and see and hear each other',
      restarts,
      async (t) => {
        const { ada, bob, system } = shared()
        await expectMedia(shared())
        const look = 'return [page.call.callId, ...page.call.participants.map((one) => one.participant_id)]'
        const before = [await ada.run(look), await bob.run(look)]
        for (const caller of [ada, bob])
          await caller.run(`globalThis.begun = 0; page.call.on('track', () => { begun += 1 })`)
        await system.kill()
        await system.restart()
        const startedAt = performance.now()
        for (const caller of [ada, bob])
          await caller.see('sound and picture anew', 'begun >= 2 && page.call.tracks.length === 2', backWithinMs)
        t.diagnostic(`they received each other ${Math.round(performance.now() - startedAt)} ms after the start`)
        await expectMedia(shared())
        assert.deepEqual([await ada.run(look), await bob.run(look)], before)
      },
    )

    test('when the relay dies those in a call are told, and it goes on', async (t) => {
      const { ada, bob, relay } = shared()
      for (const caller of [ada, bob])
        await caller.run(`globalThis.relays = []; page.call.on('ice_servers', ({ relay }) => relays.push(relay))`)
      t.after(() => relay.restart())
      await relay.kill()
      for (const caller of [ada, bob]) await caller.see('no relay', 'relays.at(-1) === false')
      await expectMedia(shared())
    })
  })

  test('a call that is declined ends for who called, and one that is hung up ends for both', async () => {
    const { ada, bob } = shared()
    await ada.click('dial')
    await ada.says('It rings there.')
    await bob.click('decline')
    await ada.says('Your call was declined.')
    await ada.click('dial')
    await bob.click('answer')
    await bob.click('hang-up')
    await ada.says('The call is over.')
    await bob.says('You have left the call.')
    for (const caller of [ada, bob])
      assert.equal(await caller.run(`return document.querySelectorAll('video, audio').length`), 0)
  })

  test('who has no microphone and may not use the camera is told, hears and sees, and may try again', async (t) => {
    const { ada, bob } = shared()
    await bob.run(`
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
      globalThis.restore = () => { navigator.mediaDevices.getUserMedia = real }
      navigator.mediaDevices.getUserMedia = async ({ audio }) => {
        throw new DOMException('No.', audio ? 'NotFoundError' : 'NotAllowedError')
      }`)
    await ada.click('dial')
    await bob.click('answer')
    hangUpAfter(t, shared())
    await bob.see('sound and picture of the other', 'page.call?.tracks.length === 2')
    await bob.says(
      'In the call. Your microphone is off: there is none. Your camera is off: the browser does not allow it.',
    )
    await bob.run('restore()')
    await bob.click('camera')
    await ada.see('his picture', `page.call.tracks.some(({ source }) => source === 'camera')`)
  })

  test('who comes in another window takes his call along, and who loads the page anew is shown the way back', async (t) => {
    const { ada, bob, open } = shared()
    await talk(t, shared())
    const other = await open('ada', 'bob')
    await other.says('You are ada. A call goes on: come in by Call.')
    await other.click('dial')
    await ada.says('The call goes on in another window or on another device of yours.')
    await other.see('sound and picture of the other', 'page.call?.tracks.length === 2')
    await bob.see('one person still', 'page.call.participants.length === 1')
    await other.run('await page.client.signOut()')
    await bob.says('The call is over.')
  })
})
