import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './compose-file.ts'

type Panel = {
  title: string
  type: string
  datasource: { uid: string }
  targets: readonly { expr: string }[]
}
type Dashboard = { uid: string; title: string; panels: readonly Panel[] }

/** The dashboards as they are given to Grafana. */
export const dashboards = globSync('configs/grafana/dashboards/*.json', { cwd: root }).map(
  (path): Dashboard => JSON.parse(readFileSync(join(root, path), 'utf8')),
)

/** The panels of all of them, each with the title of its dashboard. */
export function listPanels(): (Panel & { board: string })[] {
  return dashboards.flatMap(({ title, panels }) => panels.map((panel) => ({ ...panel, board: title })))
}
