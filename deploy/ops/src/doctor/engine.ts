import { failed, ok } from '../checks/finding.ts'
import { runDocker } from '../docker/run-docker.ts'
import type { DoctorCheck } from './doctor-check.ts'

/** The compose file's health checks have a `start_interval`, which came with these. */
const oldest = { engine: '25.0', compose: '2.24' } as const

function isOlder(version: string, than: string): boolean {
  const [[major = 0, minor = 0], [thanMajor = 0, thanMinor = 0]] = [version, than].map((text) =>
    text.replace(/^v/, '').split('.').map(Number),
  ) as [number[], number[]]
  return major < thanMajor || (major === thanMajor && minor < thanMinor)
}

function judge(what: string, { version, than, fix }: { version: string; than: string; fix: string }) {
  return isOlder(version, than) ? failed(what, `${version}, where ${than} is needed`, fix) : ok(what, version)
}

export const engine: DoctorCheck = {
  name: 'docker engine',
  run: async ({ root }) => {
    const version = (await runDocker(['version', '--format', '{{.Server.Version}}'], { root })).trim()
    const plugin = (await runDocker(['compose', 'version', '--short'], { root })).trim()
    const fix = 'Install a newer one: https://docs.docker.com/engine/install/'
    return [
      judge('docker engine', { version, than: oldest.engine, fix }),
      judge('docker compose', { version: plugin, than: oldest.compose, fix }),
    ]
  },
}
