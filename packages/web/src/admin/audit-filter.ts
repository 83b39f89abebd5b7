import { signal } from '@preact/signals'

/** What is looked for in the audit log; an empty word looks for everything. */
export type AuditFilter = {
  user_id: string
  resource: string
  action: string
  result: AuditResult | 'all'
  from: string
}
export const results = ['all', 'allowed', 'denied', 'failed'] as const
type AuditResult = Exclude<(typeof results)[number], 'all'>

export const noFilter: AuditFilter = { user_id: '', resource: '', action: '', result: 'all', from: '' }

/** Kept while one looks at other pages, from which it may be set as well. */
export const auditFilter = signal<AuditFilter>(noFilter)

/** The same as the service asks for it: days begin where the reader is. */
export function toQuery({ result, from, ...texts }: AuditFilter) {
  const filled = Object.entries(texts).filter(([, text]) => text !== '')
  return {
    ...Object.fromEntries(filled),
    ...(result !== 'all' && { result }),
    ...(from !== '' && { from: new Date(`${from}T00:00`).toISOString() }),
  }
}
