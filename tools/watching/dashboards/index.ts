import { callsDashboard } from './calls.ts'
import { chatDashboard } from './chat.ts'
import { httpDashboard } from './http.ts'
import { overviewDashboard } from './overview.ts'
import { securityDashboard } from './security.ts'
import { storesDashboard } from './stores.ts'
import { writeDashboard } from './write-dashboard.ts'

const dashboards = [overviewDashboard, httpDashboard, chatDashboard, callsDashboard, storesDashboard, securityDashboard]

/** The files of Grafana's dashboards, by their paths. */
export const dashboardFiles: Readonly<Record<string, string>> = Object.fromEntries(
  dashboards.map((dashboard) => [`configs/grafana/dashboards/${dashboard.uid}.json`, writeDashboard(dashboard)]),
)
