import { useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import type { Report } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { textOf } from '../chat/messages/text-of.ts'
import { ActButton } from '../controls/act-button.tsx'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { Avatar } from '../people/avatar.tsx'
import { nameOf } from '../people/people.ts'
import { words } from '../words/index.ts'
import { wholeTimeOf } from '../words/times.ts'
import { BanForm } from './ban-form.tsx'

/** What was reported, as far as it is still there. */
function Reported({ report: { message, message_id, disclosed_content } }: { report: Report }) {
  const { reports: text } = words.admin
  if (disclosed_content !== null) {
    return (
      <figure>
        <blockquote class="reported">{disclosed_content}</blockquote>
        <figcaption class="hint">{text.disclosed}</figcaption>
      </figure>
    )
  }
  if (message) return <blockquote class="reported">{textOf(message)}</blockquote>
  return <p class="hint">{message_id === null ? text.ofPerson : text.messageIsGone}</p>
}

/** Says how far it has come, with a note of why. */
function Decision({ report, onChange }: { report: Report; onChange: (report: Report) => void }) {
  const { reports: text } = words.admin
  const note = useSignal('')
  const decide = (status: Report['status']) => async () => {
    const said = note.value.trim()
    const change = { status, ...(said && { note: said }) }
    onChange(await client.rest.moderation.update({ report_id: report.report_id, ...change }))
  }
  return (
    <>
      <Field
        label={text.note}
        name="note"
        autocomplete="off"
        isRequired={false}
        maxLength={limits.reasonCharacters.max}
        value={note.value}
        onInput={(value) => (note.value = value)}
      />
      <div class="choices">
        {report.status === 'open' && <ActButton onAct={decide('reviewing')}>{text.review}</ActButton>}
        <ActButton onAct={decide('resolved')}>{text.resolve}</ActButton>
        <ActButton kind="quiet" onAct={decide('dismissed')}>
          {text.dismiss}
        </ActButton>
      </div>
    </>
  )
}

export function ReportPanel({ report, onChange }: { report: Report; onChange: (report: Report) => void }) {
  const { reports: text } = words.admin
  const isBanning = useSignal(false)
  const isBanned = useSignal(false)
  const { user_id, reporter_id, reason, status, note, created_at } = report
  const name = nameOf(user_id)
  const isDecided = status === 'resolved' || status === 'dismissed'
  return (
    <li class="panel">
      <header class="row-line">
        <Avatar id={user_id} name={name} size="small" />
        <h2>{name}</h2>
        <span class="hint">
          {text.by(reporter_id ? nameOf(reporter_id) : words.deletedAccount)} · {wholeTimeOf(created_at)}
        </span>
      </header>
      <p>{text.reason(reason)}</p>
      <Reported report={report} />
      {note && <p class="hint">{text.noted(note)}</p>}
      {!isDecided && <Decision report={report} onChange={onChange} />}
      {isBanning.value && (
        <BanForm
          userId={user_id}
          onBanned={() => {
            isBanning.value = false
            isBanned.value = true
          }}
        />
      )}
      {isBanned.value && <p role="status">{text.banned(name)}</p>}
      {!isDecided && !isBanning.value && !isBanned.value && (
        <Button kind="danger" onClick={() => (isBanning.value = true)}>
          {text.ban(name)}
        </Button>
      )}
    </li>
  )
}
