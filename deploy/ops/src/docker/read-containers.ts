import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { listServices } from './list-services.ts'
import { runDocker } from './run-docker.ts'

export type Container = {
  service: string
  name: string
  image: string
  /** What the engine says, and `missing` where there is none. */
  status: string
  health: string | undefined
  exitCode: number
  restarts: number
  startedAt: string
  /** Runs once and ends. */
  isJob: boolean
}

const Inspected = Compile(
  Type.Array(
    Type.Object({
      Name: Type.String(),
      RestartCount: Type.Number(),
      State: Type.Object({
        Status: Type.String(),
        ExitCode: Type.Number(),
        StartedAt: Type.String(),
        Health: Type.Optional(Type.Union([Type.Object({ Status: Type.String() }), Type.Null()])),
      }),
      HostConfig: Type.Object({ RestartPolicy: Type.Object({ Name: Type.String() }) }),
      Config: Type.Object({ Image: Type.String(), Labels: Type.Record(Type.String(), Type.String()) }),
    }),
  ),
)

const project = 'secureconnect'
const words = (text: string) => text.split('\n').filter((line) => line !== '')

function missing(service: string): Container {
  const nothing = { name: '-', image: '-', health: undefined, exitCode: 0, restarts: 0, startedAt: '', isJob: false }
  return { service, status: 'missing', ...nothing }
}

/** The containers of this installation, one for each service that is to run and any beside. */
export async function readContainers(root: string): Promise<Container[]> {
  const wanted = await listServices(root)
  const filter = ['--filter', `label=com.docker.compose.project=${project}`]
  const ids = words(await runDocker(['ps', '--all', '--quiet', ...filter], { root }))
  const inspected = ids.length === 0 ? [] : Inspected.Parse(JSON.parse(await runDocker(['inspect', ...ids], { root })))
  const found = inspected.map(({ Name, RestartCount, State, HostConfig, Config }) => ({
    service: Config.Labels['com.docker.compose.service'] ?? '-',
    name: Name.replace(/^\//, ''),
    image: Config.Image,
    status: State.Status,
    health: State.Health?.Status,
    exitCode: State.ExitCode,
    restarts: RestartCount,
    startedAt: State.StartedAt,
    isJob: ['no', ''].includes(HostConfig.RestartPolicy.Name),
  }))
  const lacking = wanted.filter((service) => !found.some((container) => container.service === service))
  return [...found, ...lacking.map(missing)].sort((a, b) => a.service.localeCompare(b.service))
}

/** Whether a container does what it is there for. */
export function isWell({ status, health, exitCode, isJob }: Container): boolean {
  if (isJob) return status === 'exited' && exitCode === 0
  return status === 'running' && (health === undefined || health === 'none' || health === 'healthy')
}
