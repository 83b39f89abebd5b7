import type { AuditEntry } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { usePages } from '../app/use-pages.ts'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { MoreOfPages } from '../controls/more-of-pages.tsx'
import { Select } from '../controls/select.tsx'
import { nameOf } from '../people/people.ts'
import { words } from '../words/index.ts'
import { preciseTimeOf, wholeTimeOf } from '../words/times.ts'
import { type AuditFilter, auditFilter, noFilter, results, toQuery } from './audit-filter.ts'
import { useSettled } from './use-settled.ts'

const typed = ['resource', 'action'] as const

function change(by: Partial<AuditFilter>): void {
  auditFilter.value = { ...auditFilter.value, ...by }
}

function Filters() {
  const { audit: text } = words.admin
  const { value: filter } = auditFilter
  return (
    <search class="filters wide">
      {typed.map((name) => (
        <Field
          key={name}
          label={text[name]}
          name={name}
          type="search"
          autocomplete="off"
          isRequired={false}
          value={filter[name]}
          onInput={(value) => change({ [name]: value })}
        />
      ))}
      <Select
        label={text.result}
        options={results.map((name) => ({ name, text: text.results[name] }))}
        chosen={filter.result}
        onChoose={(result) => change({ result })}
      />
      <Field
        label={text.from}
        name="from"
        type="date"
        isRequired={false}
        value={filter.from}
        onInput={(from) => change({ from })}
      />
      {filter.user_id && (
        <Button onClick={() => change({ user_id: noFilter.user_id })}>{text.ofOne(nameOf(filter.user_id))}</Button>
      )}
    </search>
  )
}

function EntryRow({ entry }: { entry: AuditEntry }) {
  const { audit: text } = words.admin
  const { timestamp, user_id, resource, action, target_id, result, reason, client_ip, service } = entry
  return (
    <tr>
      <td>
        <time dateTime={timestamp} title={wholeTimeOf(timestamp)}>
          {preciseTimeOf(timestamp)}
        </time>
      </td>
      <td>{user_id ? nameOf(user_id) : text.nobody}</td>
      <td>
        {resource}: {action}
        {target_id && <span class="hint id">{target_id}</span>}
      </td>
      <td>
        <span class={`tag ${result === 'allowed' ? '' : 'down'}`}>{text.results[result]}</span>
        {reason && <span class="hint"> {reason}</span>}
      </td>
      <td>
        {client_ip ?? ''} <span class="hint">{service}</span>
      </td>
    </tr>
  )
}

/** Who did what, and who was refused what; newest first. */
export function AuditSection() {
  const { audit: text } = words.admin
  const settled = useSettled(JSON.stringify(toQuery(auditFilter.value)))
  const entries = usePages<AuditEntry>(
    async (cursor, signal) => {
      const answer = await client.rest.admin.listAuditLogs({ ...toQuery(auditFilter.value), ...cursor }, { signal })
      return { items: answer.entries, next_cursor: answer.next_cursor }
    },
    [settled],
  )
  return (
    <>
      <Filters />
      <table class="table wide">
        <thead>
          <tr>
            {text.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.items.value.map((entry) => (
            <EntryRow key={entry.event_id} entry={entry} />
          ))}
        </tbody>
      </table>
      <MoreOfPages pages={entries} none={text.none} />
    </>
  )
}
