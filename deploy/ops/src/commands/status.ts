import type { Command } from '../command.ts'
import { reportContainers } from '../docker/container-table.ts'
import { readContainers } from '../docker/read-containers.ts'

export const status: Command = {
  name: 'status',
  summary: 'shows every container: its state, restarts, age and image',
  help: `Shows what the engine says of each container of the compose file, and of those that are missing. For whether the system
does what it is for, see ./ops verify.

  ./ops status
  ./ops status --json     {ok, containers: [{service, status, health, restarts, …}]}`,
  options: { json: { type: 'boolean' } },
  run: async ({ values }, { root, output }) =>
    reportContainers(await readContainers(root), { output, isJson: values.json === true }),
}
