import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { findBarriers } from '../barriers.ts'
import { beginWith, type House } from '../visitors.ts'
import { callAndAnswer, control, endCall, seesPictures, tileOf } from './calling.ts'

/** Has a page's worker keep back the keys of the others, as where they never come. */
const withoutKeys = `
  const Real = Worker
  globalThis.Worker = class extends Real {
    postMessage(message, ...more) {
      if (message.type !== 'key') super.postMessage(message, ...more)
    }
  }`

export async function callEncrypted(t: TestContext, house: House): Promise<void> {
  const ada = await house.visit('Ada')
  const bob = await house.visit('Bob', { viewport: { width: 390, height: 760 }, colorScheme: 'dark' })
  await beginWith(ada, [bob], { isEncrypted: true })

  await t.test('two see and hear each other, and are told that nobody else does', async () => {
    await callAndAnswer(ada, bob)
    for (const who of [ada, bob]) {
      await seesPictures(who, 2)
      await who.page.locator('.call-encrypted', { hasText: 'End-to-end encrypted' }).waitFor()
      assert.deepEqual(await findBarriers(who.page), [])
    }
    await endCall(bob, ada)
    assert.deepEqual([ada.faults, bob.faults], [[], []])
  })

  await t.test('whose frames cannot be opened is shown as such, and the other one sees him', async () => {
    await bob.page.evaluate(withoutKeys)
    await callAndAnswer(ada, bob)
    await tileOf(bob, 'Ada').getByText('Cannot be decrypted here').waitFor()
    await seesPictures(ada, 2)
    assert.equal(await ada.page.getByText('Cannot be decrypted here').count(), 0)
    await endCall(bob, ada)
    await bob.page.reload()
  })

  await t.test('a browser that cannot encrypt calls says so, and the others are not rung', async () => {
    await ada.page.evaluate('delete globalThis.RTCRtpScriptTransform')
    await control(ada, 'Call').click()
    await ada.page.getByText('this browser cannot encrypt calls').waitFor()
    assert.equal(await bob.page.getByText('Incoming call').count(), 0)
    await control(ada, 'Close').click()
  })

  await t.test('nobody is offered to record a group that is encrypted', async () => {
    await ada.page.reload()
    const cleo = await house.visit('Cleo')
    await beginWith(ada, [bob, cleo], { isEncrypted: true })
    await control(ada, 'Call').click()
    await control(ada, /^People/).click()
    await ada.page.getByLabel('Lock: nobody else comes in').waitFor()
    assert.equal(await ada.page.getByLabel('Record the call').count(), 0)
    await control(ada, 'Hang up').click()
  })
}
