import { Sections } from '../app/sections.tsx'
import { icons } from '../controls/icons.tsx'
import { OwnFilesSection } from '../files/own/own-files-section.tsx'
import { NoticesSection } from '../notices/notices-section.tsx'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { AccountSection } from './account-section.tsx'
import { AppearanceSection } from './appearance-section.tsx'
import { DevicesSection } from './devices-section.tsx'
import { EncryptionSection } from './encryption/encryption-section.tsx'
import { PrivacySection } from './privacy-section.tsx'
import { ProfileSection } from './profile-section.tsx'
import { SecuritySection } from './security-section.tsx'

const { settings: text } = words

/** All that one decides for oneself. A section is a row here and a file beside this one. */
const sections = {
  profile: { title: text.profile.title, icon: icons.person, Page: ProfileSection },
  appearance: { title: text.appearance.title, icon: icons.contrast, Page: AppearanceSection },
  notices: { title: words.notices.title, icon: icons.bell, Page: NoticesSection },
  privacy: { title: text.privacy.title, icon: icons.eye, Page: PrivacySection },
  security: { title: text.security.title, icon: icons.key, Page: SecuritySection },
  devices: { title: text.devices.title, icon: icons.device, Page: DevicesSection },
  encryption: { title: words.trust.settings, icon: icons.lock, Page: EncryptionSection },
  files: { title: words.files.own.title, icon: icons.file, Page: OwnFilesSection },
  account: { title: text.account.title, icon: icons.box, Page: AccountSection },
}

export function SettingsPage() {
  return <Sections title={text.title} path={pages.settings} sections={sections} first="profile" />
}
