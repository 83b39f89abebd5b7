import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { onlyAtFullSize, scale } from '@secureconnect/test/helpers'
import { findBarriers } from '../barriers.ts'
import { beginWith, type House, idOf, messageOf, write } from '../visitors.ts'

const fullSize = onlyAtFullSize('each way leads to the same place')

export async function findAgain(t: TestContext, house: House): Promise<void> {
  const count = scale(10_000, 210)
  const fay = await house.visit('Fay')
  const { page } = fay
  const gil = await house.register('Gil')
  await beginWith(fay, [gil])
  await write(fay, 'here the anchor lies')
  const anchorId = (await messageOf(fay, 'here the anchor lies').getAttribute('data-id')) ?? ''
  const anchor = page.locator(`[data-id="${anchorId}"]`)
  await house.haveSaid(fay, count)
  await gil.client.rest.messages.send({
    conversation_id: idOf(fay),
    content: 'what did you say?',
    message_type: 'text',
    reply_to: anchorId,
  })
  await gil.client.rest.pins.add({ message_id: anchorId })
  await page.reload()

  /** Leaves the beginning for the end. */
  async function goToEnd(): Promise<void> {
    await page.getByRole('button', { name: 'Newest messages' }).click()
    await messageOf(fay, 'what did you say?').waitFor()
  }

  await t.test('a long conversation is read back to its beginning with a bounded part of it on the page', async () => {
    await messageOf(fay, `number ${count}`).waitFor()
    const scroller = page.locator('.scroller')
    const beginning = page.getByText('This is where it begins.')
    let most = 0
    while ((await beginning.count()) === 0) {
      await scroller.evaluate((one) => one.scrollBy(0, -2_000))
      most = Math.max(most, await page.locator('.message').count())
    }
    assert.ok(most <= 200, `${most} messages on the page`)
    await messageOf(fay, /number 1(?!\d)/).waitFor()
    await goToEnd()
    await write(fay, 'the end')
    await messageOf(fay, 'the end').waitFor()
  })

  await t.test('a word leads to the message that has it, however long ago that was said', async () => {
    assert.equal(await anchor.count(), 0)
    await page.getByRole('button', { name: 'Search in this conversation' }).click()
    await page.getByLabel('Words to look for').fill('ancho')
    // A message can be found once its words are in the index, which takes a second or two.
    const hit = page.getByRole('list', { name: 'Found messages' }).getByRole('button', { name: /anchor lies/ })
    await hit.locator('mark', { hasText: 'anchor' }).waitFor()
    await hit.click()
    await anchor.waitFor()
    assert.match((await anchor.getAttribute('class')) ?? '', /sought/)
    await goToEnd()
  })

  await t.test('what is pinned and what was answered lead there as well', fullSize, async () => {
    for (const way of [page.locator('.pin-bar .pinned'), page.locator('.quote button').last()]) {
      assert.equal(await anchor.count(), 0)
      await way.click()
      await anchor.waitFor()
      await goToEnd()
    }
    await page.getByLabel('Words to look for').fill('<i>nobody said this</i>')
    await page.getByText('Nothing was found for “<i>nobody said this</i>”.').waitFor()
    assert.deepEqual(await findBarriers(page), [])
  })

  await t.test(
    'more conversations than are shown at once are reached by scrolling and by searching',
    fullSize,
    async () => {
      const asFay = await house.signIn(fay)
      const titles = Array.from({ length: 120 }, (_, at) => `Group ${at + 1} of many`)
      for (const title of titles) {
        await asFay.rest.conversations.create({ type: 'group', title, participant_ids: [] })
      }
      const [first] = titles
      await page.getByRole('link', { name: titles.at(-1) ?? '' }).waitFor()
      const rows = page.locator('.conversation-row')
      assert.equal(await rows.count(), 50)
      const list = page.getByRole('navigation', { name: 'Conversations' })
      const oldest = page.getByRole('link', { name: first ?? '' })
      while ((await oldest.count()) === 0) await list.evaluate((one) => one.scrollTo(0, one.scrollHeight))
      await oldest.click()
      await page.getByRole('heading', { name: first ?? '' }).waitFor()
      const { pathname } = new URL(page.url())
      await page.reload()
      await page.getByRole('heading', { name: first ?? '' }).waitFor()
      assert.equal(new URL(page.url()).pathname, pathname)
      await page.getByRole('button', { name: 'Search', exact: true }).click()
      await page.getByLabel('Words to look for').fill('anchor')
      await page.getByRole('button', { name: /anchor lies/ }).click()
      await anchor.waitFor()
      asFay.close()
    },
  )

  assert.deepEqual(fay.faults, [])
  gil.client.close()
}
