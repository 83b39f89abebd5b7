import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { runDocker } from './run-docker.ts'

const Bindings = Type.Union([Type.Null(), Type.Array(Type.Object({ HostPort: Type.String() }))])
const Inspected = Compile(
  Type.Array(
    Type.Object({
      NetworkSettings: Type.Object({
        Ports: Type.Record(Type.String(), Bindings),
        Networks: Type.Record(Type.String(), Type.Object({ IPAddress: Type.String() })),
      }),
    }),
  ),
)

/** Where this server reaches each container of a service: at its published port, or as one of several at its own address. */
export async function findAddresses(
  root: string,
  { service, port }: { service: string; port: number },
): Promise<string[]> {
  const labels = { project: 'secureconnect', service, oneoff: 'False' }
  const filters = Object.entries(labels).flatMap(([name, value]) => [
    '--filter',
    `label=com.docker.compose.${name}=${value}`,
  ])
  const ids = (await runDocker(['ps', '--quiet', ...filters], { root })).split('\n').filter((line) => line !== '')
  const usual = `http://127.0.0.1:${port}`
  if (ids.length === 0) return [usual]
  const inspected = Inspected.Parse(JSON.parse(await runDocker(['inspect', ...ids], { root })))
  return inspected.map(({ NetworkSettings: { Ports, Networks } }) => {
    const own = Networks.secureconnect_app?.IPAddress
    return Ports[`${port}/tcp`] || !own ? usual : `http://${own}:${port}`
  })
}
