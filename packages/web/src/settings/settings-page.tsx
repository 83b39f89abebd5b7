import { Sections } from '../app/sections.tsx'
import { icons } from '../controls/icons.tsx'
import { OwnFilesSection } from '../files/own/own-files-section.tsx'
import { NoticesSection } from '../notices/notices-section.tsx'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { ProfileSection } from './profile-section.tsx'

const { settings: text } = words

/** All that one decides for oneself. A section is a row here and a file beside this one. */
const sections = {
  profile: { title: text.profile.title, icon: icons.person, Page: ProfileSection },
  notices: { title: words.notices.title, icon: icons.bell, Page: NoticesSection },
  files: { title: words.files.own.title, icon: icons.file, Page: OwnFilesSection },
}

export function SettingsPage() {
  return <Sections title={text.title} path={pages.settings} sections={sections} first="profile" />
}
