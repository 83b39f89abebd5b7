import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { compose, runDocker } from './run-docker.ts'

const Port = Type.Object({
  target: Type.Optional(Type.Number()),
  published: Type.Optional(Type.String()),
  protocol: Type.Union([Type.Literal('tcp'), Type.Literal('udp')]),
  host_ip: Type.Optional(Type.String()),
})
const Volume = Type.Object({
  type: Type.String(),
  source: Type.Optional(Type.String()),
  target: Type.Optional(Type.String()),
})
const Service = Type.Object({
  image: Type.Optional(Type.String()),
  container_name: Type.Optional(Type.String()),
  deploy: Type.Optional(Type.Object({ replicas: Type.Optional(Type.Number()) })),
  restart: Type.Optional(Type.String()),
  environment: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))),
  networks: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  network_mode: Type.Optional(Type.String()),
  ports: Type.Optional(Type.Array(Port)),
  volumes: Type.Optional(Type.Array(Volume)),
})
const Network = Type.Object({ name: Type.String() })
const Model = Compile(
  Type.Object({
    services: Type.Record(Type.String(), Service),
    networks: Type.Optional(Type.Record(Type.String(), Network)),
  }),
)

export type Model = ReturnType<typeof Model.Parse>
export type ModelService = Model['services'][string]

/** The compose file as docker reads it, with the settings of .env and whole paths. */
export async function readModel(root: string): Promise<Model> {
  return Model.Parse(JSON.parse(await runDocker(compose('config', '--format', 'json'), { root })))
}
