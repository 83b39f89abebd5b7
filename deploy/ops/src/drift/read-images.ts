import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { runDocker } from '../docker/run-docker.ts'
import { readVariables } from './read-running.ts'

const Inspected = Compile(
  Type.Array(
    Type.Object({
      Id: Type.String(),
      Config: Type.Object({ Env: Type.Optional(Type.Union([Type.Null(), Type.Array(Type.String())])) }),
    }),
  ),
)

export type Image = { id: string; environment: ReadonlyMap<string, string> }

/** What each name or id of an image leads to on this engine now; those that it does not have are left out. */
export async function readImages(root: string, names: readonly string[]): Promise<Map<string, Image>> {
  const read = async (name: string): Promise<[string, Image][]> => {
    const said = await runDocker(['image', 'inspect', name], { root }).catch(() => '[]')
    return Inspected.Parse(JSON.parse(said)).map(({ Id, Config }) => [
      name,
      { id: Id, environment: readVariables(Config.Env ?? []) },
    ])
  }
  return new Map((await Promise.all([...new Set(names)].map(read))).flat())
}
