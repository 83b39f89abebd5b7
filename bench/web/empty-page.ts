import type { House } from '@secureconnect/web/visitors'
import { type Pace, type Timings, timeActs } from './time-acts.ts'

const content = `
  document.body.innerHTML = '<textarea></textarea><button>Add</button><ol></ol><div></div>'
  document.querySelector('button').onclick = () => document.querySelector('ol').append(document.createElement('li'))
  document.querySelector('div').append(...Array.from({ length: 2_000 }, (_, at) => {
    const line = document.createElement('p')
    line.textContent = 'line ' + at
    return line
  }))
  scrollTo(0, document.body.scrollHeight)`

/** What is done in a conversation, as a page does it that has nothing else to do. */
export async function measureEmptyPage(house: House, pace: Pace): Promise<Timings> {
  const { page } = await house.open('/health')
  await page.goto('about:blank')
  await page.evaluate(content)
  const count = (of: string) => page.locator(of).count()
  let [lines, top] = [await count('li'), 0]
  const timings = await timeActs(
    page,
    {
      scroll: {
        prepare: async () => {
          top = (await page.evaluate('scrollY')) as number
          await page.mouse.move(300, 300)
        },
        act: () => page.mouse.wheel(0, -300),
        isShown: () => `scrollY !== ${top}`,
      },
      type: {
        prepare: () => page.locator('textarea').focus(),
        act: () => page.keyboard.press('a'),
        isShown: (time) => `document.querySelector('textarea').value.length === ${time + 1}`,
      },
      click: {
        prepare: async () => {
          lines = await count('li')
        },
        act: () => page.locator('button').click(),
        isShown: () => `document.querySelectorAll('li').length > ${lines}`,
      },
    },
    pace,
  )
  await page.context().close()
  return timings
}
