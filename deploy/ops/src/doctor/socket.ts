import { ok, skipped, warning } from '../checks/finding.ts'
import { findSocket } from '../docker/find-socket.ts'
import type { DoctorCheck } from './doctor-check.ts'

const what = 'way to the logs'

/** Logs of containers come through a proxy that has to be in the group of the engine's socket, as .env says it. */
export const socket: DoctorCheck = {
  name: what,
  run: async ({ settings }) => {
    const found = findSocket()
    if (found === undefined) return [skipped(what, 'the engine has no socket on this machine')]
    const { path, gid } = found
    const said = settings.get('DOCKER_GID')
    if (said === undefined)
      return [warning(what, 'DOCKER_GID is not in .env: no log would reach Loki', 'Run ./ops init.')]
    if (Number(said) === gid && settings.get('DOCKER_SOCKET') === path) return [ok(what, `${path}, group ${gid}`)]
    const fix = `Put DOCKER_SOCKET=${path} and DOCKER_GID=${gid} into .env.`
    return [warning(what, `.env says another socket or group than ${path} has: no log would reach Loki`, fix)]
  },
}
