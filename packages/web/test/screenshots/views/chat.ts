import type { Page } from 'playwright-core'
import type { View } from './view.ts'

/** Goes to a page of the client as its links do, so that nothing is loaded anew. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`,
  )
}

export const chatViews: readonly View[] = [
  {
    name: 'conversations',
    async show({ page }) {
      await goTo(page, '/')
      await page.getByRole('navigation', { name: 'Conversations' }).waitFor()
    },
  },
  {
    name: 'conversation',
    async show({ page, town }) {
      await goTo(page, `/conversations/${town.group}`)
      await page.getByText('When do we eat on the 12th?').waitFor()
      await page.getByRole('button', { name: 'Picture stage.png' }).locator('img').waitFor()
    },
  },
  {
    name: 'search',
    async show({ page }) {
      await goTo(page, '/')
      await page.getByRole('button', { name: 'Search', exact: true }).click()
      await page.getByLabel('Words to look for').fill('the')
      await page.locator('.found mark').first().waitFor()
    },
    leave: ({ page }) => page.reload(),
  },
  {
    name: 'pins',
    async show({ page, town }) {
      await goTo(page, `/conversations/${town.group}`)
      await page.getByRole('button', { name: 'Pinned message', exact: true }).click()
      await page.getByText('Pinned by').waitFor()
    },
    leave: ({ page }) => page.reload(),
  },
  {
    name: 'new-poll',
    async show({ page, town }) {
      await goTo(page, `/conversations/${town.group}`)
      await page.getByRole('button', { name: 'New poll' }).click()
      await page.getByLabel('Question').fill('Who brings cake?')
      await page.getByLabel('Answer 1').fill('Me')
    },
    leave: ({ page }) => page.keyboard.press('Escape'),
  },
  {
    name: 'viewer',
    async show({ page, town }) {
      await goTo(page, `/conversations/${town.group}`)
      await page.getByRole('button', { name: 'Picture stage.png' }).click()
      await page.getByRole('dialog', { name: 'Pictures and videos' }).getByRole('img').waitFor()
    },
    leave: ({ page }) => page.keyboard.press('Escape'),
  },
  {
    name: 'details',
    async show({ page, town }) {
      await goTo(page, `/conversations/${town.group}`)
      await page.getByRole('button', { name: 'Details' }).click()
      await page.getByText('Add people').waitFor()
    },
    leave: ({ page }) => page.reload(),
  },
  {
    name: 'own-menu',
    async show({ page }) {
      await goTo(page, '/')
      await page.getByRole('button', { name: 'Status, settings and signing out' }).click()
      await page.getByRole('menu').waitFor()
    },
  },
]
