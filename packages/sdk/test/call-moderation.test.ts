import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { KillableSystem } from '@secureconnect/test/killable-system'
import { shareInSuite } from '@secureconnect/test/services'
import { browser, ffmpeg, mediaWorker } from '@secureconnect/test/stack'
import { Caller } from './call-pages.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** Three people in one group, each with the page open. */
async function startThree(t: Cleanup) {
  await ffmpeg()
  const system = await KillableSystem.start(t, {
    RATELIMIT_CALLS_JOIN: '600',
    MEDIASOUP_WORKER_BIN: await mediaWorker(),
  })
  const opened = await browser(t)
  const url = `${system.address}/try/call`
  const open = (me: string, friend: string) => Caller.open(opened, { url, me, friend })
  const [ada, bob, cleo] = await Promise.all([
    open('ada', 'bob, cleo'),
    open('bob', 'ada, cleo'),
    open('cleo', 'ada, bob'),
  ])
  return { ada, bob, cleo }
}

const isMuted = `page.call.participants.some(({ sources }) => sources.some((one) => one.source === 'mic' && one.is_paused))`

suite('three people with a page each', onlyAtFullSize('each part is tried at the service each day'), () => {
  const shared = shareInSuite(startThree)

  test('one hosts: lets people in or turns them away, mutes them, takes them out, and only he is offered to', async () => {
    const { ada, bob, cleo } = shared()
    await ada.click('dial')
    await ada.see('she is in', 'page.call')
    await ada.click('lobby')
    await bob.click('answer')
    await bob.says('You wait to be let in.')
    await cleo.click('answer')
    await ada.see('both wait', 'page.call.waiting.length === 2')
    assert.equal(await bob.run('return page.call === undefined && document.querySelectorAll("audio, video").length'), 0)
    await ada.click('admit-bob')
    await bob.see('her sound and picture', 'page.call?.tracks.length >= 2')
    await ada.click('deny-cleo')
    await cleo.says('A host has not let you into this call.')

    assert.equal(await bob.run(`return document.querySelectorAll('#people-there button').length`), 0)
    assert.equal(await bob.run(`return document.querySelector('#lock').hidden`), true)
    await ada.click('mute-bob')
    await bob.see('that he is muted', `page.call.own.held_sources.includes('mic')`)
    await ada.see('him muted', isMuted)
    await bob.run(`await page.call.unmute('mic').catch(() => undefined)`)
    assert.equal(await ada.run(`return ${isMuted}`), true, 'he does not unmute himself')

    assert.equal(await bob.run(`return document.querySelector('#record').hidden`), true)
    await ada.click('record')
    await bob.see(
      'that he is recorded',
      `/ada has this call recorded/.test(document.querySelector('#recorded').textContent)`,
    )
    await ada.run('await new Promise((done) => setTimeout(done, 2_000))')
    await ada.click('record')
    await bob.see('that he is recorded no longer', `document.querySelector('#recorded').hidden`)
    await ada.see('its manifest', `document.querySelectorAll('#recordings a').length > 0`)
    await ada.run(`document.querySelector('#recordings button').click()`)
    await ada.see(
      'that one file is made',
      `/being made|all in one/.test(document.querySelector('#recordings').textContent)`,
    )

    await ada.click('kick-bob')
    await bob.says('A host has taken you out of the call.')
    await bob.click('dial')
    await bob.says('You wait to be let in.')
    await ada.click('admit-all')
    await bob.see('her sound and picture', 'page.call?.tracks.length >= 2')
    await ada.click('end')
    for (const caller of [ada, bob]) await caller.says('The call is over.')
  })
})
