import type { Page } from 'playwright-core'
import { beginWith, messageOf, write } from '../../visitors.ts'
import { seesPictures } from '../../visits/calling.ts'
import type { Town } from '../town.ts'
import { endCall, press } from './calls.ts'
import { goTo } from './chat.ts'
import type { View } from './view.ts'

type Place = { page: Page; town: Town }

/** Has the second one of the town, who sits at a page of his own, and the looker write so that nobody else can read it. */
async function talk({ page, town }: Place): Promise<void> {
  const [tomas] = await town.callers()
  if (!tomas) throw new Error('nobody is there to talk with')
  await goTo(page, '/')
  await beginWith({ page }, [tomas], { isEncrypted: true })
  await write({ page }, 'The code of the back door is 4711. Please tell nobody.')
  await messageOf({ page }, 'The code of the back door').last().waitFor()
  await tomas.page.getByRole('link', { name: /End-to-end encrypted Maren/ }).click()
  await messageOf(tomas, 'The code of the back door').last().waitFor()
  await write(tomas, 'Nobody but me can read it 🙂')
  await messageOf({ page }, 'Nobody but me').last().waitFor()
}

export const encryptionViews: readonly View[] = [
  {
    name: 'encrypted-start',
    async show({ page, town }) {
      await goTo(page, '/')
      await page.getByRole('button', { name: 'New conversation' }).first().click()
      await page.getByLabel('Find people').fill(town.people[1]?.username ?? '')
      await page.getByRole('button', { name: `@${town.people[1]?.username}` }).click()
      await page.getByLabel('End-to-end encrypted').check()
    },
    leave: ({ page }) => page.keyboard.press('Escape'),
  },
  { name: 'encrypted', show: talk },
  {
    name: 'encrypted-details',
    async show(at) {
      await talk(at)
      const { page } = at
      await page.getByRole('button', { name: 'Details' }).click()
      await page.getByText('What is said here can be read on').waitFor()
      await page
        .getByText(/\d device/)
        .first()
        .waitFor()
    },
    leave: ({ page }) => page.reload(),
  },
  {
    name: 'encrypted-call',
    async show({ page, town }) {
      const [tomas] = await town.callers()
      await press({ page }, 'Video call')
      if (tomas) await press(tomas, 'Answer with camera')
      await seesPictures({ page }, 2)
      await press({ page }, /^People/)
      await page.locator('.trust-mark').waitFor()
    },
    leave: endCall,
  },
]
