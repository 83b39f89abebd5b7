import type { TestContext } from 'node:test'
import { beginWith, type House } from '../visitors.ts'
import { breakDevices, callAndAnswer, control, endCall, seesPictures, tileOf } from './calling.ts'

/** How many may be in one call here. */
export const mostInCall = 3

export async function callInTrouble(t: TestContext, house: House): Promise<void> {
  const ada = await house.visit('Ada')
  const bob = await house.visit('Bob', { viewport: { width: 390, height: 760 }, colorScheme: 'dark' })
  await beginWith(ada, [bob])
  const talk = () => callAndAnswer(ada, bob)

  await t.test('without a camera or a microphone one is told why, takes part, and tries again', async () => {
    const mend = await breakDevices(bob, { mic: 'NotFoundError', camera: 'NotAllowedError' })
    await talk()
    await bob.page.getByText(/the browser does not allow it|No microphone was found/).waitFor()
    await mend()
    await control(bob, 'Turn camera on').click()
    await control(bob, 'Unmute').click()
    for (const who of [ada, bob]) await seesPictures(who, 2)
    await endCall(bob, ada)
  })

  await t.test('a device that is pulled out is told of, and another takes its place', async () => {
    await talk()
    await seesPictures(bob, 2)
    await ada.page.evaluate(`
      const own = [...document.querySelectorAll('.tile video')].find((one) => one.classList.contains('mirrored'))
      const [track] = own.srcObject.getTracks()
      track.stop()
      track.dispatchEvent(new Event('ended'))`)
    await ada.page.getByText('Your camera was unplugged, or has stopped.').waitFor()
    await control(ada, 'Try again').click()
    for (const who of [ada, bob]) await seesPictures(who, 2)
    await endCall(bob, ada)
  })

  await t.test('a line that breaks is told of, and the call goes on once it is back', async () => {
    await talk()
    house.line.refuse()
    await ada.page.getByText('The connection is lost.').waitFor()
    await house.line.heal()
    await ada.page.getByText('The connection is lost.').waitFor({ state: 'detached' })
    await control(ada, 'Mute').click()
    await tileOf(bob, 'Ada').getByText('muted').waitFor({ state: 'attached' })
    await endCall(bob, ada)
  })

  await t.test('whose network lets no media through is told so, and may hang up', async () => {
    // As where nothing leads out but a relay, and there is none.
    await bob.page.evaluate(`
      globalThis.RealConnection = RTCPeerConnection
      globalThis.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(settings) { super({ ...settings, iceTransportPolicy: 'relay' }) }
      }`)
    await talk()
    await bob.page.getByText('Sound and pictures do not get through your network.').waitFor({ timeout: 60_000 })
    await endCall(bob, ada)
    await bob.page.evaluate('globalThis.RTCPeerConnection = RealConnection')
    await talk()
    for (const who of [ada, bob]) await seesPictures(who, 2)
    await endCall(bob, ada)
  })

  await t.test('a call that is full says so, and takes in who comes once there is room', async () => {
    const others = [await house.visit('Cleo'), await house.visit('Dan')] as const
    const [cleo, dan] = others
    await beginWith(ada, [bob, ...others])
    await control(ada, 'Call').click()
    for (const who of [bob, cleo]) await control(who, 'Answer').click()
    await tileOf(ada, 'Cleo').waitFor()
    await control(dan, 'Answer').click()
    await dan.page.getByText('As many people are in this call as there may be.').waitFor()
    await control(dan, 'Close').click()
    await control(cleo, 'Hang up').click()
    await tileOf(ada, 'Cleo').waitFor({ state: 'detached' })
    await dan.page.getByRole('link', { name: /Harbour/ }).click()
    await control(dan, 'Join call').click()
    await tileOf(ada, 'Dan').waitFor()
    await control(ada, /^People/).click()
    await control(ada, 'End for all').click()
    await dan.page.getByText('The call is over.').waitFor()
  })
}
