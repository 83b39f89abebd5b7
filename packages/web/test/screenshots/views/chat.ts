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
      await page.getByText('rehearsal moves to the loft').waitFor()
    },
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
