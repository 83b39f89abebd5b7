import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { compose, runDocker } from './run-docker.ts'

export type PublishedPort = { service: string; address: string; port: number; protocol: 'tcp' | 'udp' }

const Model = Compile(
  Type.Object({
    services: Type.Record(
      Type.String(),
      Type.Object({
        ports: Type.Optional(
          Type.Array(
            Type.Object({
              published: Type.Optional(Type.String()),
              protocol: Type.Union([Type.Literal('tcp'), Type.Literal('udp')]),
              host_ip: Type.Optional(Type.String()),
            }),
          ),
        ),
      }),
    ),
  }),
)

/** What the compose file publishes on this machine, with the settings of .env. */
export async function readPublishedPorts(root: string): Promise<PublishedPort[]> {
  const model: unknown = JSON.parse(await runDocker(compose('config', '--format', 'json'), { root }))
  const { services } = Model.Parse(model)
  return Object.entries(services).flatMap(([service, { ports = [] }]) =>
    ports.flatMap(({ published, protocol, host_ip: address = '0.0.0.0' }) =>
      published === undefined ? [] : [{ service, address, port: Number(published), protocol }],
    ),
  )
}
