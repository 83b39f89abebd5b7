import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { runDocker } from '../docker/run-docker.ts'

const Bindings = Type.Union([
  Type.Null(),
  Type.Array(Type.Object({ HostIp: Type.Optional(Type.String()), HostPort: Type.String() })),
])
const Inspected = Compile(
  Type.Array(
    Type.Object({
      Name: Type.String(),
      Image: Type.String(),
      State: Type.Object({ Status: Type.String(), StartedAt: Type.String(), Pid: Type.Number() }),
      HostConfig: Type.Object({
        PortBindings: Type.Optional(Type.Union([Type.Null(), Type.Record(Type.String(), Bindings)])),
      }),
      Config: Type.Object({
        Image: Type.String(),
        Hostname: Type.String(),
        Env: Type.Optional(Type.Union([Type.Null(), Type.Array(Type.String())])),
        Labels: Type.Optional(Type.Union([Type.Null(), Type.Record(Type.String(), Type.String())])),
      }),
      NetworkSettings: Type.Object({ Networks: Type.Record(Type.String(), Type.Unknown()) }),
    }),
  ),
)

/** What the engine has, whoever started it. */
export type Running = {
  name: string
  /** What its image is called, and which one that was when it was made. */
  image: string
  imageId: string
  status: string
  startedAt: string
  pid: number
  hostname: string
  labels: Readonly<Record<string, string>>
  environment: ReadonlyMap<string, string>
  networks: readonly string[]
  /** Each as `0.0.0.0:443->8443/tcp`. */
  ports: readonly string[]
}

/** `NAME=value` of each variable. */
export function readVariables(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.map((line) => {
      const [name = '', ...value] = line.split('=')
      return [name, value.join('=')]
    }),
  )
}

export function describePort(host: string | undefined, published: string, target: string): string {
  return `${host || '0.0.0.0'}:${published}->${target}`
}

/** Every container of the engine, those that ended too. */
export async function readRunning(root: string): Promise<Running[]> {
  const ids = (await runDocker(['ps', '--all', '--quiet'], { root })).split('\n').filter((line) => line !== '')
  if (ids.length === 0) return []
  const inspected = Inspected.Parse(JSON.parse(await runDocker(['inspect', ...ids], { root })))
  return inspected.map(({ Name, Image, State, HostConfig, Config, NetworkSettings }) => ({
    name: Name.replace(/^\//, ''),
    image: Config.Image,
    imageId: Image,
    status: State.Status,
    startedAt: State.StartedAt,
    pid: State.Pid,
    hostname: Config.Hostname,
    labels: Config.Labels ?? {},
    environment: readVariables(Config.Env ?? []),
    networks: Object.keys(NetworkSettings.Networks),
    ports: Object.entries(HostConfig.PortBindings ?? {}).flatMap(([target, bindings]) =>
      (bindings ?? []).map(({ HostIp, HostPort }) => describePort(HostIp, HostPort, target)),
    ),
  }))
}
