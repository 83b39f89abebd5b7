import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginWith, idOf, messageOf, openHouse, write } from './visitors.ts'

test('people talk: they answer, change, find and mark what was said', async (t) => {
  const house = await openHouse(t)
  const [ann, ben] = await Promise.all([house.visit('Ann'), house.visit('Ben')])
  await beginWith(ann, [ben])
  const conversation_id = idOf(ann)
  await write(ann, 'shall we meet at tne?')
  await messageOf(ann, 'shall we meet').waitFor()

  await t.test('what one said last is changed by the arrow key, and everybody sees it', async () => {
    await ann.page.getByLabel(/^Write to/).press('ArrowUp')
    await ann.page.getByLabel('Text of the message').fill('shall we meet at ten?')
    await ann.page.keyboard.press('Enter')
    await ben.page.getByRole('link', { name: /Ann/ }).click()
    await messageOf(ben, /at ten\?.*edited/s).waitFor()
    await ann.page.locator('.composer textarea:focus').waitFor()
  })

  await t.test('whoever wrote sees that it came and was read, and who is there', async () => {
    await messageOf(ann, 'at ten?').getByText('Read', { exact: true }).waitFor()
    await ann.page.getByRole('link', { name: /Ben/ }).getByText('Online').waitFor()
  })

  await t.test('an emoji answers a message, and the same again takes it back', async () => {
    await messageOf(ben, 'at ten?').hover()
    await ben.page.getByRole('button', { name: 'React' }).click()
    await ben.page.getByRole('button', { name: 'React with 🎉' }).click()
    const chip = messageOf(ann, 'at ten?').getByRole('button', { name: '🎉 Ben' })
    await chip.click()
    await messageOf(ben, 'at ten?').getByRole('button', { name: '🎉 Ben, Ann' }).click()
    await messageOf(ann, 'at ten?').getByRole('button', { name: '🎉 Ann' }).waitFor()
    await messageOf(ann, 'at ten?').hover()
    await ann.page.getByRole('button', { name: 'More' }).click()
    await ann.page.keyboard.press('Escape')
  })

  await t.test('what came while one looked elsewhere is marked, and one is led to where it begins', async () => {
    await ben.page.goto(new URL('/settings', ben.page.url()).href)
    await write(ann, 'at the usual place')
    await messageOf(ann, 'usual place').getByText('Delivered').waitFor()
    await ben.page.goto(new URL(`/conversations/${conversation_id}`, ben.page.url()).href)
    await ben.page.getByText('New from here').waitFor()
    assert.deepEqual([ann.faults, ben.faults], [[], []])
  })
})
