import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** What makes an installation this one: .env, its secrets, its authority, and the certificates that browsers know. */
const Installation = Type.Object({
  files: Type.Array(
    Type.Object({
      path: Type.String({ pattern: String.raw`^(\.env|secrets/((tls|nginx)/)?[\w.-]+)$` }),
      mode: Type.Integer(),
      content: Type.String(),
    }),
  ),
})
export type Installation = Static<typeof Installation>

const validator = Compile(Installation)

export const parseInstallation = (content: string): Installation => validator.Parse(JSON.parse(content))

/** The plain files of a folder that a name pattern takes. */
function listFiles(root: string, folder: string, pattern: RegExp): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map(({ name }) => `${folder}/${name}`)
    .sort()
}

/** Reads all of it as it is now. */
export function readInstallationFiles(root: string): Installation {
  const paths = [
    ...(existsSync(join(root, '.env')) ? ['.env'] : []),
    ...listFiles(root, 'secrets', /^[a-z]\w*$|^\.backup_key_kept$/),
    ...listFiles(root, 'secrets/tls', /^[\w-]+\.(pem|key)$/),
    ...listFiles(root, 'secrets/nginx', /^tls_(cert|key)\.pem$/),
  ]
  const files = paths.map((path) => ({
    path,
    mode: statSync(join(root, path)).mode & 0o777,
    content: readFileSync(join(root, path), 'utf8'),
  }))
  return { files }
}
