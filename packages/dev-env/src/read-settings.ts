import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/** The settings in a file, by the names that services have for them. */
export function readSettings(file: string): Readonly<NodeJS.Dict<string>> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file} cannot be read: name a file with one NAME=value a line after --settings.`, {
      cause: error,
    })
  }
}
