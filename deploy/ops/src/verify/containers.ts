import { failed, ok, warning } from '../checks/finding.ts'
import { describeState } from '../docker/container-table.ts'
import { isWell, readContainers } from '../docker/read-containers.ts'
import { showLogs } from '../docker/show-logs.ts'
import type { VerifyCheck } from './verify-check.ts'

export const containers: VerifyCheck = {
  name: 'containers',
  run: async ({ root }) => {
    const all = await readContainers(root)
    const unwell = all.filter((container) => !isWell(container))
    const restarted = all.filter((container) => isWell(container) && container.restarts > 0)
    return [
      ...unwell.map((container) =>
        failed(`container ${container.service}`, describeState(container), showLogs(container.service)),
      ),
      ...restarted.map(({ service, restarts }) =>
        warning(`container ${service}`, `was restarted ${restarts} times`, showLogs(service)),
      ),
      ...(unwell.length === 0 ? [ok('containers', `all ${all.length} run and are healthy`)] : []),
    ]
  },
}
