import { standing } from '../account/session.ts'
import { follow } from '../app/router.ts'
import { Sections } from '../app/sections.tsx'
import { Shell } from '../app/shell.tsx'
import { useTitle } from '../app/title.ts'
import { icons } from '../controls/icons.tsx'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { AuditSection } from './audit-section.tsx'
import { HealthSection } from './health-section.tsx'
import { OverviewSection } from './overview-section.tsx'
import { ReportsSection } from './reports-section.tsx'
import { UsersSection } from './users-section.tsx'

const { admin: text } = words

/** What administrators look after. A section is a row here and a file beside this one. */
const sections = {
  overview: { title: text.overview.title, icon: icons.chart, Page: OverviewSection },
  users: { title: text.users.title, icon: icons.people, Page: UsersSection },
  reports: { title: text.reports.title, icon: icons.flag, Page: ReportsSection },
  audit: { title: text.audit.title, icon: icons.scroll, Page: AuditSection },
  health: { title: text.health.title, icon: icons.pulse, Page: HealthSection },
}

/** Says to whom it is not for that it is not; the service refuses him as well. */
function Refused() {
  useTitle(text.title)
  return (
    <Shell side={null} hasChosen>
      <p class="waiting">
        {text.refused}
        <a href={pages.home} onClick={follow}>
          {words.toConversations}
        </a>
      </p>
    </Shell>
  )
}

export function AdminPage() {
  const mayEnter = standing.value.is === 'signed-in' && standing.value.me.role === 'admin'
  if (!mayEnter) return <Refused />
  return <Sections title={text.title} path={pages.admin} sections={sections} first="overview" />
}
