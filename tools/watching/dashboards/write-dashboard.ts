import type { Panel } from './panel.ts'

export type Dashboard = { uid: string; title: string; panels: readonly Panel[] }

const panelsInRow = 3
const width = 24 / panelsInRow
const height = 8

function describePanel({ title, kind, unit, queries }: Panel, index: number) {
  const isLogs = kind === 'logs'
  const datasource = isLogs ? { type: 'loki', uid: 'loki' } : { type: 'prometheus', uid: 'prometheus' }
  const place = { x: (index % panelsInRow) * width, y: Math.floor(index / panelsInRow) * height }
  return {
    id: index + 1,
    type: kind,
    title,
    datasource,
    gridPos: isLogs ? { x: 0, y: place.y + height, w: 24, h: 10 } : { ...place, w: width, h: height },
    fieldConfig: { defaults: { unit, ...(kind === 'timeseries' && { min: 0 }) }, overrides: [] },
    options: isLogs ? { showTime: true, wrapLogMessage: true } : {},
    targets: queries.map(([expr, legendFormat = ''], number) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + number),
      datasource,
      expr,
      legendFormat,
      ...(kind === 'stat' && { instant: true }),
    })),
  }
}

/** A dashboard as Grafana's provisioning takes it: the classic JSON, which newer versions read as well. */
export function writeDashboard({ uid, title, panels }: Dashboard): string {
  const dashboard = {
    uid,
    title,
    tags: ['secureconnect'],
    schemaVersion: 39,
    editable: false,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: [] },
    annotations: { list: [] },
    links: [{ type: 'dashboards', tags: ['secureconnect'], title: 'SecureConnect', asDropdown: true }],
    panels: panels.map(describePanel),
  }
  return `${JSON.stringify(dashboard, undefined, 2)}\n`
}
