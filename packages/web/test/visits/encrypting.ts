import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import type { Page } from 'playwright-core'
import { findBarriers } from '../barriers.ts'
import { drawPng } from '../draw-png.ts'
import { beginWith, fillSignIn, type House, idOf, messageOf, type Visitor, write } from '../visitors.ts'

const fullSize = onlyAtFullSize('two people who read each other show the way each day')

async function attachPicture({ page }: Visitor, name: string): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Attach files' }).click()
  await (await choosing).setFiles({ name, mimeType: 'image/png', buffer: drawPng(640, 360) })
}

/** Has a page be given the newest of its messages with other bytes near its end, while its session says so. */
const tamper = `
  const fetchWhole = window.fetch
  window.fetch = async (input, init) => {
    const response = await fetchWhole(input, init)
    if (!sessionStorage.tamper || !String(input.url ?? input).includes('/v1/messages?')) return response
    const page = await response.json()
    const [newest] = page.data.messages
    if (newest) newest.content = newest.content.slice(0, -8) + 'QUJD' + newest.content.slice(-4)
    return new Response(JSON.stringify(page), response)
  }`

export async function talkEncrypted(t: TestContext, house: House): Promise<void> {
  const [ira, jon] = await Promise.all([house.visit('Ira'), house.visit('Jon')])
  const faults = () => [ira.faults, jon.faults]

  await t.test('two people begin an encrypted conversation and read each other', async () => {
    await beginWith(ira, [jon], { isEncrypted: true })
    await write(ira, 'the tide turns at six')
    await jon.page.getByRole('link', { name: /End-to-end encrypted Ira.*the tide turns/ }).click()
    await messageOf(jon, 'the tide turns at six').waitFor()
    await write(jon, 'then I row at five')
    await messageOf(ira, 'then I row at five').waitFor()
    assert.deepEqual(faults(), [[], []])
  })

  await t.test(
    'what was said is changed, answered and pinned, and nothing is offered that is refused',
    fullSize,
    async () => {
      await ira.page.getByLabel(/^Write to/).press('ArrowUp')
      await ira.page.getByLabel('Text of the message').fill('the tide turns at seven')
      await ira.page.keyboard.press('Enter')
      await messageOf(jon, /at seven.*edited/s).waitFor()
      const said = messageOf(jon, 'at seven').first()
      await said.hover()
      assert.equal(await said.getByRole('button', { name: 'React' }).count(), 0)
      await said.getByRole('button', { name: 'Reply' }).click()
      await write(jon, 'even better')
      await messageOf(ira, 'even better').getByRole('blockquote').getByText('at seven').waitFor()
      await said.hover()
      await said.getByRole('button', { name: 'More' }).click()
      const offered = await jon.page.getByRole('menuitem').allTextContents()
      assert.deepEqual(
        offered.map((item) => item.trim()),
        ['Copy text', 'Pin', 'Report'],
      )
      await jon.page.getByRole('menuitem', { name: 'Pin' }).click()
      await ira.page.locator('.pin-bar', { hasText: 'at seven' }).waitFor()
      assert.equal(await ira.page.getByRole('button', { name: 'New poll' }).count(), 0)
      assert.deepEqual(faults(), [[], []])
    },
  )

  await t.test('pictures and voices go sealed, and are seen and heard', fullSize, async () => {
    await attachPicture(ira, 'harbour.png')
    await write(ira, 'the harbour')
    const shown = messageOf(jon, 'the harbour').getByRole('button', { name: 'Picture harbour.png' })
    await shown.locator('img').waitFor()
    await shown.click()
    const viewer = jon.page.getByRole('dialog', { name: 'Pictures and videos' })
    await viewer.getByRole('img', { name: 'Picture harbour.png' }).waitFor()
    const downloading = jon.page.waitForEvent('download')
    await viewer.getByRole('button', { name: 'Download harbour.png' }).click()
    assert.equal((await downloading).suggestedFilename(), 'harbour.png')
    await jon.page.keyboard.press('Escape')
    assert.deepEqual(faults(), [[], []])
  })

  await t.test(
    'all of it is there after a reload, and what was begun to write as well, which lies nowhere open',
    fullSize,
    async () => {
      await ira.page.getByLabel(/^Write to/).fill('half a secret')
      await attachPicture(ira, 'unsent.png')
      await ira.page.getByRole('button', { name: 'Take unsent.png out' }).waitFor()
      await ira.page.locator('.attachment progress').waitFor({ state: 'detached' })
      await ira.page.reload()
      await messageOf(ira, 'even better').waitFor()
      const field = ira.page.getByLabel(/^Write to/)
      await ira.page.waitForFunction(`document.querySelector('.composer textarea').value === 'half a secret'`)
      assert.equal(await ira.page.evaluate(`JSON.stringify(localStorage).includes('half a secret')`), false)
      await ira.page.getByRole('button', { name: 'Take unsent.png out' }).click()
      assert.equal(await ira.page.evaluate(`JSON.stringify(localStorage).includes('unsent.png')`), false)
      await field.fill('')
      assert.deepEqual(faults(), [[], []])
    },
  )

  await t.test('what was changed on its way is shown as such, and everything else as it is', fullSize, async () => {
    await jon.page.addInitScript(tamper)
    await jon.page.evaluate('sessionStorage.tamper = true')
    await jon.page.reload()
    await jon.page.getByText('This message was changed on its way').first().waitFor()
    await messageOf(jon, 'even better').waitFor()
    await jon.page.evaluate('sessionStorage.removeItem("tamper")')
    await jon.page.reload()
    await messageOf(jon, 'the harbour').waitFor()
    assert.deepEqual(faults(), [[], []])
  })

  await t.test('one page of a browser has the keys at a time, and hands them over', fullSize, async () => {
    const isWithout = (page: Page) => page.getByText('Another page of this browser has the keys').waitFor()
    const [second, third] = [await ira.page.context().newPage(), await ira.page.context().newPage()]
    for (const page of [second, third]) {
      await page.goto(ira.page.url())
      await isWithout(page)
    }
    // It began to wait after the second one, and comes before it.
    await third.getByRole('button', { name: 'Use them here' }).click()
    await messageOf({ page: third }, 'even better').waitFor()
    for (const page of [ira.page, second]) await isWithout(page)
    await write({ page: third }, 'from the third page')
    await messageOf(jon, 'from the third page').waitFor()
    await second.close()
    await third.close()
    await messageOf(ira, 'from the third page').waitFor()
    assert.deepEqual(faults(), [[], []])
  })

  await t.test(
    'another device of somebody is told loudly, reads what is written from then on, and no more',
    fullSize,
    async () => {
      const phone = await house.enter(jon, { viewport: { width: 390, height: 760 } })
      await phone.page.getByRole('link', { name: /Ira/ }).click()
      await ira.page.getByText('Jon has a new device.').first().waitFor()
      await messageOf(phone, 'Sent before this device came in').first().waitFor()
      await write(ira, 'welcome on the phone')
      await messageOf(phone, 'welcome on the phone').waitFor()
      await ira.page.getByRole('button', { name: 'Look at it' }).click()
      await ira.page.getByLabel('Details').getByText('2 devices').waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        await ira.page.emulateMedia({ colorScheme })
        assert.deepEqual(await findBarriers(ira.page), [], colorScheme)
      }
      await ira.page.getByRole('button', { name: 'All right' }).click()
      await ira.page.getByRole('button', { name: 'All right' }).waitFor({ state: 'detached' })
      assert.deepEqual(await findBarriers(phone.page), [])
      assert.deepEqual([...faults(), phone.faults], [[], [], []])
    },
  )

  await t.test(
    'a group is begun encrypted; who comes reads from then on, who was taken out no more',
    fullSize,
    async () => {
      const [kit, lou] = await Promise.all([house.visit('Kit'), house.visit('Lou')])
      await beginWith(ira, [jon, kit], { isEncrypted: true })
      await write(ira, 'among us three')
      await kit.page.getByRole('link', { name: /Harbour/ }).click()
      await messageOf(kit, 'among us three').waitFor()
      await ira.page.getByRole('button', { name: 'Details' }).click()
      await ira.page.getByRole('button', { name: 'Add people' }).click()
      await ira.page.getByLabel('Find people').fill(lou.username)
      await ira.page.getByRole('button', { name: `@${lou.username}` }).click()
      await lou.page.getByRole('link', { name: /Harbour/ }).click()
      await ira.page.locator('.person-line', { hasText: 'Lou' }).getByText('1 device').waitFor()
      await write(ira, 'now we are four')
      await messageOf(lou, 'now we are four').waitFor()
      await ira.page.getByRole('button', { name: 'What to do with Kit' }).click()
      await ira.page.getByRole('menuitem', { name: 'Remove from the group' }).click()
      await kit.page.getByText('you are no longer in it').waitFor()
      await write(ira, 'and three again')
      await messageOf(lou, 'and three again').waitFor()
      await ira.page.getByLabel('Details').getByRole('button', { name: 'Close' }).click()
      assert.deepEqual([...faults(), kit.faults, lou.faults], [[], [], [], []])
    },
  )

  await t.test('what nobody could read yet waits for the first device of the other one', fullSize, async () => {
    const { username } = await house.register('Mia')
    await beginWith(ira, [{ username }], { isEncrypted: true })
    await write(ira, 'for when you come')
    await ira.page.getByText('Mia has no device yet that could read it.').waitFor()
    const mia = await house.enter({ name: 'Mia', username })
    await mia.page.getByRole('link', { name: /Ira/ }).click()
    await messageOf(mia, 'for when you come').waitFor()
    await messageOf(ira, 'for when you come').waitFor()
    assert.deepEqual([...faults(), mia.faults], [[], [], []])
  })

  await t.test('a conversation is turned encrypted for good, and says where that began', fullSize, async () => {
    const [ned, ona] = await Promise.all([house.visit('Ned'), house.visit('Ona')])
    await beginWith(ned, [ona])
    await write(ned, 'anybody may hear this')
    await ned.page.getByRole('button', { name: 'Details' }).click()
    await ned.page.getByRole('button', { name: 'Turn on encryption' }).click()
    await ned.page.getByText('This cannot be turned off.').waitFor()
    await ned.page.getByRole('button', { name: 'Turn on encryption' }).click()
    await ned.page.getByRole('heading', { name: 'End-to-end encrypted Ona' }).waitFor()
    await ned.page.getByLabel('Details').getByRole('button', { name: 'Close' }).click()
    await write(ned, 'and only you this')
    await ona.page.getByRole('link', { name: /Ned/ }).click()
    await messageOf(ona, 'and only you this').waitFor()
    await ona.page.getByText('From here on, messages are end-to-end encrypted.').waitFor()
    assert.deepEqual([ned.faults, ona.faults], [[], []])
  })

  await t.test('without a line what was written waits, also over a reload, and goes out once', fullSize, async () => {
    await ira.page.getByRole('link', { name: /Jon/ }).first().click()
    house.line.refuse()
    await write(ira, 'written without a line')
    await ira.page.getByText('Will be sent once there is a connection.').waitFor()
    await house.line.heal()
    await jon.page.goto(new URL(`/conversations/${idOf(ira)}`, jon.page.url()).href)
    await messageOf(jon, 'written without a line').waitFor({ timeout: 60_000 })
    ira.faults.length = 0
    jon.faults.length = 0
  })

  await t.test('who signs out leaves no keys behind', fullSize, async () => {
    await ira.page.getByRole('button', { name: 'Status, settings and signing out' }).click()
    await ira.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await ira.page.getByRole('button', { name: 'Sign in' }).waitFor()
    const listVaults = `indexedDB.databases().then((all) => all.filter(({ name }) => name.startsWith('e2ee-')).length)`
    await ira.page.waitForFunction(`${listVaults}.then((count) => count === 0)`)
    await fillSignIn(ira.page, ira.username)
    await ira.page.getByRole('link', { name: /End-to-end encrypted Jon/ }).click()
    await messageOf(ira, 'Sent before this device came in').first().waitFor()
    await write(ira, 'here I am again')
    await messageOf(jon, 'here I am again').waitFor()
  })
}
