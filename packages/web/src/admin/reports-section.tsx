import { useSignal } from '@preact/signals'
import type { Report } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { usePages } from '../app/use-pages.ts'
import { Choice } from '../controls/choice.tsx'
import { MoreOfPages } from '../controls/more-of-pages.tsx'
import { words } from '../words/index.ts'
import { ReportPanel } from './report-panel.tsx'

const statuses = ['open', 'reviewing', 'resolved', 'dismissed'] as const

/** What people reported, what waits longest first. */
export function ReportsSection() {
  const { reports: text } = words.admin
  const status = useSignal<(typeof statuses)[number]>('open')
  const reports = usePages<Report>(
    async (cursor, signal) => {
      const answer = await client.rest.moderation.list({ status: status.value, ...cursor }, { signal })
      return { items: answer.reports, next_cursor: answer.next_cursor }
    },
    [status.value],
  )

  function note(changed: Report): void {
    reports.change((before) => {
      const after = before.map((one) => (one.report_id === changed.report_id ? changed : one))
      return after.filter((one) => one.status === status.value)
    })
  }

  return (
    <>
      <Choice
        label={text.show}
        options={statuses.map((name) => ({ name, text: text.statuses[name] }))}
        chosen={status.value}
        onChoose={(name) => (status.value = name)}
      />
      <ul class="rows">
        {reports.items.value.map((report) => (
          <ReportPanel key={report.report_id} report={report} onChange={note} />
        ))}
      </ul>
      <MoreOfPages pages={reports} none={text.none} />
    </>
  )
}
