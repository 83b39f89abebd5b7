/** What a panel shows: a query and how its series are called. */
export type Query = readonly [expr: string, legend?: string]

/** How numbers are written, by Grafana's own names. */
export type Unit = 'short' | 's' | 'reqps' | 'percentunit' | 'bytes' | 'Bps' | 'd'

export type Panel = {
  title: string
  kind: 'timeseries' | 'stat' | 'logs'
  unit: Unit
  queries: readonly Query[]
}

/** Lines over time. */
export function graph(title: string, unit: Unit, ...queries: readonly Query[]): Panel {
  return { title, kind: 'timeseries', unit, queries }
}

/** The values of now, in big letters. */
export function numbers(title: string, unit: Unit, ...queries: readonly Query[]): Panel {
  return { title, kind: 'stat', unit, queries }
}

/** Lines of logs. */
export function logs(title: string, query: string): Panel {
  return { title, kind: 'logs', unit: 'short', queries: [[query]] }
}

/** The p-th percentile of a histogram, by the labels named. */
export function percentile(
  p: number,
  histogram: string,
  { by = [], where = '' }: { by?: string[]; where?: string } = {},
) {
  const selector = where === '' ? '' : `{${where}}`
  return `histogram_quantile(${p}, sum by (${[...by, 'le'].join(', ')}) (rate(${histogram}_bucket${selector}[5m])))`
}

/** How often something happens, by the labels named. */
export function rate(counter: string, ...by: readonly string[]): string {
  return `sum by (${by.join(', ')}) (rate(${counter}[5m]))`
}
