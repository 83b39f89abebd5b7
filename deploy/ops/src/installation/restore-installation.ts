import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseConfig } from '@secureconnect/config'
import { Fault } from '../fault.ts'
import { writeWhole } from '../write-whole.ts'
import { parseInstallation } from './installation-files.ts'

/** What the operator has put there for this: the key, and a login where backups are in a store that wants one. */
const given = ['backup_key', 'backup_s3_access_key', 'backup_s3_secret_key']

type Asked = { root: string; from: string; set: string | undefined }

async function read({ root, from, set }: Asked): Promise<{ set: string; content: string }> {
  const { describeFault, readInstallation, targetSettings } = await import('@secureconnect/backup')
  const files = given.filter((name) => existsSync(join(root, 'secrets', name)))
  const named = files.map((name) => [`${name.toUpperCase()}_FILE`, join(root, 'secrets', name)])
  try {
    const env = { BACKUP_TARGET: from, ...Object.fromEntries(named) }
    return await readInstallation(parseConfig(targetSettings, { env }), set)
  } catch (error) {
    throw new Fault(
      describeFault(error),
      'The key belongs into secrets/backup_key; --from says where the backups are.',
      {
        cause: error,
      },
    )
  }
}

/** Writes .env and secrets/ as a set has them, and answers with the set's name. What is there is never written over. */
export async function restoreInstallation(asked: Asked): Promise<string> {
  const { root } = asked
  if (existsSync(join(root, '.env')))
    throw new Fault('There is an .env here: this server has an installation.', 'Move .env and secrets/ away first.')
  const { set, content } = await read(asked)
  const { files } = parseInstallation(content)
  // .env last: without it all of this can be begun again.
  for (const { path, mode, content: text } of files.toSorted((a, b) => b.path.localeCompare(a.path))) {
    const target = join(root, path)
    mkdirSync(dirname(target), { recursive: true, mode: 0o711 })
    if (!given.includes(path.replace('secrets/', ''))) writeWhole(target, text, { mode })
  }
  return set
}
