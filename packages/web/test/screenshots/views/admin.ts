import { goTo } from './chat.ts'
import type { View } from './view.ts'

function section(name: string, title: string): View {
  return {
    name: `admin-${name}`,
    async show({ page }) {
      await goTo(page, `/admin/${name}`)
      await page.getByRole('heading', { name: title, level: 1 }).waitFor()
      await page.getByText('Loading …').first().waitFor({ state: 'detached' })
    },
  }
}

export const adminViews: readonly View[] = [
  section('overview', 'Overview'),
  section('users', 'People'),
  section('reports', 'Reports'),
  section('audit', 'Audit log'),
  section('health', 'Health'),
]
