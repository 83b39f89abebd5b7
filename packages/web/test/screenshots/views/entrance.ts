import type { View } from './view.ts'

export const entranceViews: readonly View[] = [
  {
    name: 'sign-in',
    isForStrangers: true,
    show: ({ page }) => page.getByRole('heading', { name: 'Sign in' }).waitFor(),
  },
  {
    name: 'sign-up',
    isForStrangers: true,
    async show({ page }) {
      await page.getByRole('link', { name: 'Create one' }).click()
      await page.getByRole('heading', { name: 'Create an account' }).waitFor()
    },
  },
]
