import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { compose, runDocker } from './run-docker.ts'

const Port = Type.Object({
  published: Type.Optional(Type.String()),
  protocol: Type.Union([Type.Literal('tcp'), Type.Literal('udp')]),
  host_ip: Type.Optional(Type.String()),
})
const Volume = Type.Object({ type: Type.String(), source: Type.Optional(Type.String()) })
const Service = Type.Object({ ports: Type.Optional(Type.Array(Port)), volumes: Type.Optional(Type.Array(Volume)) })
const Model = Compile(Type.Object({ services: Type.Record(Type.String(), Service) }))

export type Model = ReturnType<typeof Model.Parse>

/** The compose file as docker reads it, with the settings of .env and whole paths. */
export async function readModel(root: string): Promise<Model> {
  return Model.Parse(JSON.parse(await runDocker(compose('config', '--format', 'json'), { root })))
}
