import { beginWith, type House, idOf, messageOf, write } from '@secureconnect/web/visitors'
import { type Act, type Pace, type Page, type Timings, timeActs } from './time-acts.ts'

export const messages = 10_000
/** As many as the client keeps on the page. */
const mostOnPage = 200

type Locator = ReturnType<Page['locator']>
type Place = { page: Page; first: Locator; long: Locator }

/** What people do all day in a conversation of many messages; `first` is its first one, and `long` the way to it. */
function listActs({ page, first, long }: Place): Readonly<Record<string, Act>> {
  const scroller = page.locator('.scroller')
  const field = page.getByLabel(/^Write to/)
  const says = (text: string) => `document.querySelector('.messages')?.textContent.includes('${text}')`
  /** Has as much on the page as there ever is. */
  async function fill(): Promise<void> {
    while ((await page.locator('.message').count()) < mostOnPage)
      await scroller.evaluate((one) => one.scrollBy(0, -2_000))
    await scroller.evaluate((one) => one.scrollTo(0, 0))
    await field.focus()
  }

  let top = 0
  return {
    scroll: {
      prepare: async (time) => {
        if (time === 0) await scroller.hover()
        top = await scroller.evaluate((one) => one.scrollTop)
      },
      act: () => page.mouse.wheel(0, -600),
      isShown: () => `document.querySelector('.scroller').scrollTop !== ${top}`,
    },
    'jump to the beginning': {
      prepare: async () => {
        const toEnd = page.getByRole('button', { name: 'Newest messages' })
        if (await toEnd.isVisible()) await toEnd.click()
        await messageOf({ page }, `number ${messages}`).waitFor()
      },
      act: () => page.locator('.pin-bar .pinned').click(),
      isShown: () => says('the beginning'),
    },
    'jump to the end': {
      prepare: async () => {
        await page.locator('.pin-bar .pinned').click()
        await first.waitFor()
      },
      act: () => page.getByRole('button', { name: 'Newest messages' }).click(),
      isShown: () => says(`number ${messages}`),
    },
    open: {
      prepare: async () => {
        await page.locator('.conversation-row', { hasText: 'a short conversation' }).click()
        await messageOf({ page }, 'a short conversation').waitFor()
      },
      act: () => long.click(),
      isShown: () => says(`number ${messages}`),
    },
    type: {
      prepare: async (time) => {
        if (time === 0) await fill()
      },
      act: () => page.keyboard.press('a'),
      isShown: (time) => `document.querySelector('.composer textarea').value.length === ${time + 1}`,
    },
    send: {
      prepare: (time) => field.fill(`sent the ${time}. time`),
      act: () => page.keyboard.press('Enter'),
      isShown: (time) => says(`sent the ${time}. time`),
    },
  }
}

/** Fills a conversation, and has all of that done in it. */
export async function measureLongConversation(house: House, pace: Pace): Promise<Timings> {
  const fay = await house.visit('Fay')
  const { page } = fay
  const [gil, hal] = [await house.register('Gil'), await house.register('Hal')]
  await beginWith(fay, [hal])
  await write(fay, 'a short conversation')
  await beginWith(fay, [gil])
  await write(fay, 'the beginning')
  const first = messageOf(fay, 'the beginning')
  await house.haveSaid(fay, messages)
  await gil.client.rest.pins.add({ message_id: (await first.getAttribute('data-id')) ?? '' })
  const long = page.locator(`a[href$="${idOf(fay)}"]`)
  await page.reload()
  await messageOf(fay, `number ${messages}`).waitFor()

  const timings = await timeActs(page, listActs({ page, first, long }), pace)
  if (fay.faults.length > 0) throw new Error(fay.faults.join('\n'))
  for (const { client } of [gil, hal]) client.close()
  await house.leave()
  return timings
}
