/** Words of PromQL that are no metrics. */
const words = new Set([
  'and',
  'or',
  'unless',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
  'offset',
])

/** A metric as a query names it, with the labels that it asks about. */
export type Use = { metric: string; labels: readonly string[] }

/** The metrics that a query reads. Label lists, strings, spans of time and functions are none. */
export function listMetrics(query: string): Use[] {
  const bare = query
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
  const uses = bare.matchAll(/(?<![\w:.])([a-zA-Z_:][\w:]*)\s*(\(|\{[^}]*\})?/g)
  return [...uses].flatMap(([, metric = '', next = '']) => {
    if (words.has(metric) || next === '(') return []
    return [{ metric, labels: [...next.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label) }]
  })
}
