import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { findBarriers } from '../barriers.ts'
import { beginWith, fillSignIn, type House, messageOf, write } from '../visitors.ts'

/** What nobody who keeps to the contract answers: no JSON, no fields, fields of another kind, and a page that is none of ours. */
const strangeAnswers = [
  { status: 200, body: '<!doctype html><script>alert(1)</script>' },
  { status: 200, body: '{"success":true,"data":{}}' },
  { status: 200, body: '{"success":true,"data":{"hits":[{}],"messages":[{"seq":"x"}],"next_cursor":null}}' },
  { status: 500, body: '{"error":"<img src=x onerror=alert(1)>"}' },
  { status: 418, body: '' },
]

/** Has all that is asked under a path be answered so, until what it returns is called. */
async function answerStrangely(page: Page, path: string, answer: (typeof strangeAnswers)[number]) {
  const pattern = new RegExp(path)
  await page.route(pattern, (route) => route.fulfill({ ...answer, contentType: 'application/json' }))
  return () => page.unroute(pattern)
}

export async function meetTrouble(t: TestContext, house: House): Promise<void> {
  const ida = await house.visit('Ida')
  const { page } = ida
  const jon = await house.register('Jon')
  await beginWith(ida, [jon])
  await write(ida, 'before all that')
  await messageOf(ida, 'before all that').waitFor()
  const field = page.getByLabel(/^Write to/)

  await t.test('answers that were never agreed on are shown as errors, and lose nothing that was written', async () => {
    await field.fill('half a thought')
    await page.getByRole('button', { name: 'Search in this conversation' }).click()
    for (const [at, answer] of strangeAnswers.entries()) {
      const mend = await answerStrangely(page, '/v1/messages', answer)
      await page.getByLabel('Words to look for').fill(`all ${at}`)
      await page.getByRole('alert').first().waitFor()
      assert.equal(await field.inputValue(), 'half a thought', JSON.stringify(answer))
      await mend()
      await page.getByLabel('Words to look for').fill(`once more ${at}`)
      await page.getByText(`Nothing was found for “once more ${at}”.`).waitFor()
    }
    await page.getByRole('button', { name: 'Close' }).click()
    for (const answer of strangeAnswers) {
      const mend = await answerStrangely(page, '/v1/messages\\?', answer)
      await page.reload()
      await page.getByRole('alert').first().waitFor()
      assert.deepEqual(await findBarriers(page), [])
      await mend()
      await page
        .getByRole('button', { name: /^(Try|Load) again$/ })
        .first()
        .click()
      await messageOf(ida, 'before all that').waitFor()
      assert.equal(await field.inputValue(), 'half a thought', JSON.stringify(answer))
    }
    await field.fill('')
    ida.faults.length = 0
  })

  await t.test('a server that is stopped and started in the middle costs nobody a word', async () => {
    const two = await house.enter(ida, { viewport: { width: 390, height: 760 }, colorScheme: 'dark' })
    await two.page.getByRole('link', { name: /Jon/ }).click()
    const restarting = house.restart()
    await write(ida, 'while it was away')
    await restarting
    for (const who of [ida, two]) await messageOf(who, 'while it was away').waitFor({ timeout: 60_000 })
    await write(two, 'and from here')
    await messageOf(ida, 'and from here').waitFor()
    assert.deepEqual(await page.locator('.messages .written').allTextContents(), [
      'before all that',
      'while it was away',
      'and from here',
    ])
    await two.page.context().close()
    ida.faults.length = 0
  })

  await t.test('two devices of one person show the same: what is said, what is read, what is changed', async () => {
    const two = await house.enter(ida, { viewport: { width: 390, height: 760 }, colorScheme: 'dark' })
    const { conversations } = await jon.client.rest.conversations.list()
    await page.goto(new URL('/', page.url()).href)
    await jon.client.rest.messages.send({
      conversation_id: conversations[0]?.conversation_id ?? '',
      content: 'are you both there?',
      message_type: 'text',
    })
    for (const { page: one } of [ida, two]) await one.getByText('1 unread message').waitFor()
    await two.page.getByRole('link', { name: /Jon.*both there/ }).click()
    await page.getByText('1 unread message').waitFor({ state: 'detached' })
    await write(two, 'we are')
    await page.getByRole('link', { name: /You: we are/ }).click()
    await messageOf(ida, 'we are').waitFor()
    await two.page.getByLabel(/^Write to/).press('ArrowUp')
    await two.page.getByLabel('Text of the message').fill('we are indeed')
    await two.page.keyboard.press('Enter')
    await messageOf(ida, 'we are indeed').waitFor()
    await two.page.context().close()
  })

  await t.test('a session whose time is over leads to the sign-in, and what was written is still there', async () => {
    await field.fill('an unfinished sent')
    const { pathname } = new URL(page.url())
    await house.expire(ida)
    await page.reload()
    await fillSignIn(page, ida.username)
    await page.getByRole('log').waitFor()
    assert.equal(new URL(page.url()).pathname, pathname)
    assert.equal(await field.inputValue(), 'an unfinished sent')
    assert.deepEqual(ida.faults, [])
  })
  jon.client.close()
}
