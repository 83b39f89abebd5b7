import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { onlyAtFullSize, until } from '@secureconnect/test/helpers'
import { ffmpeg } from '@secureconnect/test/stack'
import { findBarriers } from '../barriers.ts'
import { beginWith, fillSignIn, type House, write } from '../visitors.ts'
import { type Caller, callAndAnswer, cardOf, control, endCall, seesPictures, tileOf } from './calling.ts'

const fullSize = onlyAtFullSize('two people who ring and talk show the way each day')

export async function callEachOther(t: TestContext, house: House): Promise<void> {
  if (fullSize.skip === false) await ffmpeg()
  const ada = await house.visit('Ada')
  const bob = await house.visit('Bob', { viewport: { width: 390, height: 760 }, colorScheme: 'dark' })
  await beginWith(ada, [bob])

  const talk = () => callAndAnswer(ada, bob)

  await t.test('two ring, see and hear each other, mute and hang up', async () => {
    await control(ada, 'Video call').click()
    await ada.page.getByText('Calling Bob …').waitFor()
    await cardOf(bob).getByText('Ada is calling by video').waitFor()
    await control(bob, 'Answer with camera').click()
    for (const who of [ada, bob]) await seesPictures(who, 2)
    await control(ada, 'Mute').click()
    await tileOf(bob, 'Ada').getByText('muted').waitFor({ state: 'attached' })
    for (const who of [ada, bob]) assert.deepEqual(await findBarriers(who.page), [])
    await endCall(bob, ada)
    assert.deepEqual([ada.faults, bob.faults], [[], []])
  })

  await t.test(
    'who declines, lets it ring, or answers elsewhere: each is told what became of it',
    fullSize,
    async () => {
      await control(ada, 'Call').click()
      await control(bob, 'Decline').click()
      await ada.page.getByText('Your call was declined.').waitFor()
      const laptop = await house.open('/sign-in')
      await fillSignIn(laptop.page, bob.username)
      await laptop.page.getByRole('button', { name: 'New conversation' }).first().waitFor()
      await control(ada, 'Call again').click()
      await control(laptop, 'Answer').click()
      await bob.page.getByText('You answered Ada on another device.').waitFor()
      await endCall(laptop, ada)
      await laptop.page.context().close()
      await control(ada, 'Call').click()
      await cardOf(bob).getByText('Ada is calling').waitFor()
      await control(ada, 'Hang up').click()
      await bob.page.getByText('You missed a call from Ada.').waitFor()
      await control(bob, 'Call back').click()
      await control(ada, 'Answer').click()
      await endCall(bob, ada)
    },
  )

  await t.test(
    'who reads another conversation meanwhile has the call in one line, and goes back to it',
    fullSize,
    async () => {
      await talk()
      await control(bob, 'Show chat').click()
      await write(bob, 'one moment')
      await bob.page.getByRole('link', { name: 'Back' }).click()
      await control(bob, 'Mute').click()
      await tileOf(ada, 'Bob').getByText('muted').waitFor({ state: 'attached' })
      await control(bob, 'Back to the call').click()
      await seesPictures(bob, 2)
      await endCall(bob, ada)
    },
  )

  await t.test(
    'a shared screen is shown large, and comes and goes with the browser’s own button',
    fullSize,
    async () => {
      await talk()
      await bob.page.evaluate(`
      const canvas = document.createElement('canvas')
      const draw = () => canvas.getContext('2d').fillRect(Math.random() * 100, 0, 50, 50)
      setInterval(draw, 50)
      globalThis.screenStream = canvas.captureStream(20)
      navigator.mediaDevices.getDisplayMedia = async () => screenStream`)
      await control(bob, 'Share screen').click()
      await tileOf(ada, 'Screen of Bob').waitFor()
      await seesPictures(ada, 3)
      const box = await tileOf(ada, 'Screen of Bob').boundingBox()
      assert.ok((box?.width ?? 0) > 500, `${box?.width} pixels wide`)
      await bob.page.evaluate(
        `screenStream.getTracks()[0].stop(); screenStream.getTracks()[0].dispatchEvent(new Event('ended'))`,
      )
      await tileOf(ada, 'Screen of Bob').waitFor({ state: 'detached' })
      await endCall(bob, ada)
    },
  )

  await t.test('devices are chosen with a look and a listen, and how much of the others comes', fullSize, async () => {
    await talk()
    await control(ada, 'Call settings').click()
    assert.deepEqual(await findBarriers(ada.page), [])
    const level = async () => Number(await ada.page.evaluate(`document.querySelector('.level-meter').value`))
    await until('the microphone is heard', async () => (await level()) > 0.05)
    await ada.page.getByLabel('Microphone').selectOption({ index: 1 })
    await ada.page.getByLabel('Pictures of the others').selectOption('none')
    await ada.page.keyboard.press('Escape')
    await seesPictures(ada, 1)
    await control(ada, 'Call settings').click()
    await ada.page.getByLabel('Pictures of the others').selectOption('best')
    await ada.page.keyboard.press('Escape')
    await seesPictures(ada, 2)
    await endCall(bob, ada)
  })

  await t.test(
    'a host lets people in, mutes them, records, takes them out and locks; all of it is in the history',
    fullSize,
    async () => {
      const cleo = await house.visit('Cleo')
      await beginWith(ada, [bob, cleo])
      await control(ada, 'Call and let people in one by one').click()
      await ada.page.getByRole('menuitem', { name: 'Call, and let people in one by one', exact: true }).click()
      await control(bob, 'Answer').click()
      await control(ada, 'Let in').click()
      await tileOf(ada, 'Bob').waitFor()
      await control(cleo, 'Decline').click()
      await control(ada, 'People (2)').click()
      await cleo.page.getByRole('link', { name: /Harbour/ }).click()
      await control(cleo, 'Join call').click()
      await cleo.page.getByText('You will be let in by somebody who hosts this call.').waitFor()
      await ada.page.getByText('Cleo would like to come in.').waitFor()
      await control(ada, 'Turn away').click()
      await cleo.page.getByText('A host has not let you into this call.').waitFor()
      await control(cleo, 'Close').click()
      await ada.page.getByLabel('Let people in one by one').click()
      await control(cleo, 'Join call').click()
      await tileOf(ada, 'Cleo').waitFor()

      await control(bob, 'Raise hand').click()
      await tileOf(ada, 'Bob').getByText('hand raised').waitFor({ state: 'attached' })
      assert.deepEqual(await findBarriers(ada.page), [])
      await control(ada, 'What to do about Bob').click()
      await ada.page.getByRole('menuitem', { name: 'Mute' }).click()
      await tileOf(ada, 'Bob').getByText('muted').waitFor({ state: 'attached' })
      assert.equal(await control(bob, 'Unmute').isDisabled(), true)
      assert.equal(await control(bob, 'What to do about Ada').count(), 0)

      await ada.page.getByLabel('Record the call').click()
      for (const who of [bob, cleo]) await who.page.getByText('Ada records this call').waitFor()
      await seesRecorded(ada)
      await ada.page.getByLabel('Record the call').click()
      await bob.page.getByText('Ada records this call').waitFor({ state: 'detached' })

      await ada.page.getByLabel('Lock: nobody else comes in').click()
      await control(ada, 'What to do about Cleo').click()
      await ada.page.getByRole('menuitem', { name: 'Take out of the call' }).click()
      await cleo.page.getByText('A host has taken you out of the call.').waitFor()
      await control(cleo, 'Come back').click()
      await cleo.page.getByText('A host has locked this call: nobody else comes in.').waitFor()
      await control(ada, 'End for all').click()
      await bob.page.getByText('The call is over.').waitFor()

      await control(ada, 'Close').click()
      await control(ada, /^Ada/).click()
      await ada.page.getByRole('menuitem', { name: 'Calls' }).click()
      await ada.page
        .getByRole('link', { name: /Harbour/ })
        .first()
        .click()
      await ada.page.getByText('Who was there').waitFor()
      await control(ada, 'Make one file of all').click()
      await ada.page.getByText(/One file of all (will be|is being) made|All in one film/).waitFor()
      await control(ada, 'Show files').click()
      await ada.page
        .getByRole('link', { name: /microphone/ })
        .first()
        .waitFor()
      assert.deepEqual(await findBarriers(ada.page), [])
    },
  )
}

/** Waits until a recording has begun and two seconds of the call are in it, by the clock above the pictures. */
async function seesRecorded({ page }: Caller): Promise<void> {
  await page.getByText('You record this call').waitFor()
  const clock = page.getByRole('timer')
  for (let second = 0; second < 2; second++) {
    const shown = await clock.textContent()
    await clock.filter({ hasNotText: shown ?? '' }).waitFor()
  }
}
