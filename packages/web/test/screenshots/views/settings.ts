import { goTo } from './chat.ts'
import type { View } from './view.ts'

function section(name: string, title: string): View {
  return {
    name: `settings-${name}`,
    async show({ page }) {
      await goTo(page, `/settings/${name}`)
      await page.getByRole('heading', { name: title, level: 1 }).waitFor()
      await page.getByText('Loading …').first().waitFor({ state: 'detached' })
    },
  }
}

export const settingsViews: readonly View[] = [
  section('profile', 'Profile'),
  section('appearance', 'Appearance'),
  section('privacy', 'Privacy'),
  {
    name: 'settings-authenticator',
    async show(at) {
      await section('security', 'Password and sign-in').show(at)
      await at.page.getByRole('button', { name: 'Set up' }).click()
      await at.page.getByRole('img', { name: 'The secret as a QR code' }).waitFor()
    },
  },
  section('devices', 'Devices'),
  section('notices', 'Notifications'),
  section('encryption', 'Encryption'),
  section('files', 'Files'),
  section('account', 'Account'),
]
