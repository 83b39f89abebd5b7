import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { findBarriers } from '../barriers.ts'
import { beginWith, type House, idOf, messageOf, type Visitor, write } from '../visitors.ts'

/** What takes long stands at full size alone; the way of every day is the first part. */
const fullSize = onlyAtFullSize('takes long')

/** Opens what can be done with a message, and does it. */
async function choose({ page }: Visitor, text: string, item: string): Promise<void> {
  const message = messageOf({ page }, text)
  await message.hover()
  await message.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

export async function talk(t: TestContext, house: House): Promise<void> {
  const [ann, ben] = await Promise.all([house.visit('Ann'), house.visit('Ben')])
  const field = ann.page.getByLabel(/^Write to/)
  await beginWith(ann, [ben])
  const withBen = idOf(ann)
  await write(ann, 'shall we meet at tne?')
  await messageOf(ann, 'shall we meet').waitFor()

  await t.test('what one said last is changed by the arrow key, and everybody sees it', async () => {
    await field.press('ArrowUp')
    await ann.page.getByLabel('Text of the message').fill('shall we meet at ten?')
    await ann.page.keyboard.press('Enter')
    await ben.page.getByRole('link', { name: /Ann/ }).click()
    await messageOf(ben, /at ten\?.*edited/s).waitFor()
    await ann.page.locator('.composer textarea:focus').waitFor()
  })

  await t.test('whoever wrote sees that it came and was read, and who is there', async () => {
    await messageOf(ann, 'at ten?').getByText('Read', { exact: true }).waitFor()
    await ann.page.getByRole('link', { name: /Ben/ }).getByText('Online').waitFor()
    await ann.page.getByRole('button', { name: 'Status, settings and signing out' }).locator('.online').waitFor()
  })

  await t.test('an emoji answers a message, and the same again takes it back', async () => {
    await messageOf(ben, 'at ten?').hover()
    await ben.page.getByRole('button', { name: 'React' }).click()
    await ben.page.getByRole('button', { name: 'React with 🎉' }).click()
    await messageOf(ann, 'at ten?').getByRole('button', { name: '🎉 Ben' }).click()
    await messageOf(ben, 'at ten?').getByRole('button', { name: '🎉 Ben, Ann' }).click()
    await messageOf(ann, 'at ten?').getByRole('button', { name: '🎉 Ann' }).waitFor()
  })

  await t.test('what came while one was elsewhere is marked', async () => {
    await ben.page.goto(new URL('/settings', ben.page.url()).href)
    await write(ann, 'at the usual place')
    await messageOf(ann, 'usual place').getByText('Delivered').waitFor()
    await ben.page.goto(new URL(`/conversations/${withBen}`, ben.page.url()).href)
    await ben.page.getByText('New from here').waitFor()
    assert.deepEqual([ann.faults, ben.faults], [[], []])
  })

  await t.test('a change that cannot be saved now says so and is kept', fullSize, async () => {
    await field.press('ArrowUp')
    const changed = ann.page.getByLabel('Text of the message')
    await changed.fill('at the old place')
    house.line.refuse()
    await ann.page.keyboard.press('Enter')
    await ann.page.getByText('Not saved: The server cannot be reached.').waitFor()
    assert.equal(await changed.inputValue(), 'at the old place')
    await messageOf(ann, 'at ten?').getByRole('button', { name: '🎉 Ann' }).click()
    await ann.page.locator('.toast', { hasText: 'The server cannot be reached.' }).waitFor()
    await house.line.heal()
    await ann.page.getByRole('button', { name: 'Save' }).click()
    await messageOf(ben, 'at the old place').waitFor({ timeout: 60_000 })
    // What could not be loaded is told there as well.
    ann.faults.length = 0
    ben.faults.length = 0
  })

  await t.test('a group is looked after: people, roles, names, what one is told of', fullSize, async () => {
    const cleo = await house.visit('Cleo', { viewport: { width: 390, height: 760 } })
    await beginWith(ann, [ben, cleo])
    await ann.page.getByRole('button', { name: 'Details' }).click()
    await ann.page.getByRole('button', { name: 'What to do with Ben' }).click()
    await ann.page.getByRole('menuitem', { name: 'Make admin' }).click()
    await ben.page.getByRole('link', { name: /Harbour/ }).click()
    await ben.page.getByRole('button', { name: 'Details' }).click()
    await ben.page.getByLabel('Name of the group').fill('Quay')
    await ben.page.getByRole('button', { name: 'Save' }).click()
    await ann.page.getByRole('heading', { name: 'Quay' }).waitFor()
    await cleo.page.getByRole('link', { name: /Quay/ }).click()
    await cleo.page.getByRole('button', { name: 'Details' }).click()
    await cleo.page.getByLabel('Notify me of').selectOption('nothing')
    const forHowLong = cleo.page.getByLabel('For how long')
    await forHowLong.selectOption('8 hours')
    await forHowLong.locator('option:checked', { hasText: /^until / }).waitFor({ state: 'attached' })
    await ben.page.getByLabel('Messages are kept').selectOption('30 days')
    await ben.page.getByRole('button', { name: 'Delete them' }).click()
    const kept = ann.page.getByLabel('Messages are kept').locator('option:checked')
    await kept.filter({ hasText: '30 days' }).waitFor({ state: 'attached' })
    assert.equal(await cleo.page.getByLabel('Name of the group').count(), 0)
    for (const colorScheme of ['light', 'dark'] as const) {
      await ann.page.emulateMedia({ colorScheme })
      assert.deepEqual(await findBarriers(ann.page), [], colorScheme)
    }
    await ann.page.getByRole('button', { name: 'What to do with Cleo' }).click()
    await ann.page.getByRole('menuitem', { name: 'Remove from the group' }).click()
    await cleo.page.getByText('you are no longer in it').waitFor()
    await ann.page.getByLabel('Details').getByRole('button', { name: 'Close' }).click()
    await ben.page.getByLabel('Details').getByRole('button', { name: 'Close' }).click()
    assert.deepEqual([ann.faults, cleo.faults], [[], []])
  })

  await t.test('names are completed by keys, and whoever is mentioned is told', fullSize, async () => {
    await field.pressSequentially('@be')
    await ann.page.getByRole('option', { name: /Ben/ }).waitFor()
    await ann.page.keyboard.press('Tab')
    await ann.page.keyboard.type('and <b>@nobody</b>, look')
    await ben.page.locator(`a[href$="${withBen}"]`).click()
    await ann.page.keyboard.press('Enter')
    await ben.page.getByRole('link', { name: /Quay.*You are mentioned/ }).click()
    assert.deepEqual(await messageOf(ben, '@nobody').locator('.mention').allTextContents(), ['@Ben'])
  })

  await t.test('people vote, and see what comes of it', fullSize, async () => {
    await ann.page.getByRole('button', { name: 'New poll' }).click()
    assert.deepEqual(await findBarriers(ann.page), [])
    await ann.page.getByLabel('Question').fill('Which boat?')
    await ann.page.getByLabel('Answer 1').fill('red')
    await ann.page.getByLabel('Answer 2').fill('red')
    await ann.page.getByRole('button', { name: 'Ask' }).click()
    await ann.page.getByRole('dialog').locator('.error').first().waitFor()
    await ann.page.getByLabel('Answer 2').fill('blue')
    await ann.page.getByRole('button', { name: 'Ask' }).click()
    await ben.page.getByLabel('blue').click()
    await ann.page.getByText('1 vote').waitFor()
    await ben.page.getByLabel('red').click()
    await ann.page.getByLabel('red').click()
    await ben.page.getByText('2 votes').waitFor()
    await ann.page.getByRole('button', { name: 'What to do with this poll' }).click()
    await ann.page.getByRole('menuitem', { name: 'Close' }).click()
    await ben.page.getByText('closed', { exact: false }).waitFor()
    assert.ok(await ben.page.getByLabel('red').isDisabled())
  })

  await t.test('what is pinned is in sight of all, and a message is forwarded and reported', fullSize, async () => {
    await choose(ann, '@nobody', 'Pin')
    await ben.page.getByRole('button', { name: 'Pinned message' }).click()
    await ben.page.getByRole('button', { name: 'Unpin' }).click()
    await ann.page.locator('.pin-bar').waitFor({ state: 'detached' })
    await ben.page.getByLabel('Pinned messages').getByRole('button', { name: 'Close' }).click()
    await choose(ben, '@nobody', 'Forward')
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Ann' }).click()
    await ben.page.getByText('Forwarded to Ann.').waitFor()
    await choose(ben, '@nobody', 'Report')
    await ben.page.getByLabel('What is wrong with it').fill('It mentions me.')
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Report' }).click()
    await ben.page.getByText('Thank you.').waitFor()
    assert.deepEqual([ann.faults, ben.faults], [[], []])
  })
  await t.test('who is blocked can write nothing, until he is let write again', fullSize, async () => {
    await ann.page.locator(`a[href$="${withBen}"]`).click()
    await ann.page.getByRole('button', { name: 'Details' }).click()
    await ann.page.getByRole('button', { name: 'Block Ben' }).click()
    await ann.page.getByText('Neither of you can write').waitFor()
    await ann.page.getByRole('button', { name: 'Block Ben' }).click()
    const unblock = ann.page.getByRole('button', { name: 'Let Ben write again' })
    await unblock.waitFor()
    await ben.page.locator(`a[href$="${withBen}"]`).click()
    await ben.page.getByRole('heading', { name: 'Ann' }).waitFor()
    await write(ben, 'do you hear me?')
    await ben.page.locator('.refused', { hasText: 'You cannot write to this person.' }).waitFor()
    await unblock.click()
    await ann.page.getByRole('button', { name: 'Block Ben' }).waitFor()
    await ben.page.getByRole('button', { name: 'Send again' }).click()
    await messageOf(ann, 'do you hear me?').waitFor()
  })
}
