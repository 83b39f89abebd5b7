import { existsSync, readFileSync, statSync } from 'node:fs'
import { SettingFault } from './setting.ts'

/** A value that is read from a file, checked for strength and never printed. */
export type SecretSetting<T = string> = {
  kind: 'secret'
  minBytes: number
  isOptional: boolean
  parse: (text: string) => T
}

export const secretStrength = { password: 16, key: 32 } as const

/** Values that people forget to replace; compared in lower case, alone or as the whole of the secret. */
const knownDefaults =
  /^(change[-_ ]?me.*|replace[-_ ]?(me|this).*|example.*|.*[-_]example|default.*|password\d*|secret\d*|admin\d*|minioadmin|rustfsadmin|test.*|x+|0+|1234\d*)$/is

/** A secret of at least `minBytes` bytes of text: 16 for passwords, 32 for keys. */
export function secret(minBytes: number = secretStrength.password): SecretSetting {
  return { kind: 'secret', minBytes, isOptional: false, parse: (text) => text }
}

/** A secret that holds a document, such as a key set, decoded by `parse`. */
export function secretDocument<T>(parse: (text: string) => T): SecretSetting<T> {
  return { kind: 'secret', minBytes: secretStrength.key, isOptional: false, parse }
}

export function optionalSecret(minBytes: number = secretStrength.password): SecretSetting<string | undefined> {
  return { ...secret(minBytes), isOptional: true }
}

type Source = { name: string; env: NodeJS.ProcessEnv; secretsFolder: string; isProduction: boolean }

function findSecretFile({ name, env, secretsFolder }: Source): string | undefined {
  const named = env[`${name}_FILE`]
  if (named) return named
  const mounted = `${secretsFolder}/${name.toLowerCase()}`
  return existsSync(mounted) ? mounted : undefined
}

function readSecretFile(path: string): string {
  if (!existsSync(path)) throw new SettingFault(`names a file that does not exist: ${path}`)
  const isWorldReadable = (statSync(path).mode & 0o004) !== 0
  if (isWorldReadable) throw new SettingFault(`is readable by every user of the machine: chmod o-r ${path}`)
  return readFileSync(path, 'utf8').trim()
}

function assertStrong(value: string, minBytes: number, where: string): void {
  if (value === '') throw new SettingFault(`is empty${where}`)
  if (knownDefaults.test(value)) throw new SettingFault(`holds a default or example value${where}`)
  const bytes = Buffer.byteLength(value)
  if (bytes < minBytes) throw new SettingFault(`has ${bytes} bytes where at least ${minBytes} are needed${where}`)
}

/** Reads one secret: from `<NAME>_FILE`, else from the secrets folder, else (never in production) from `<NAME>`. */
export function readSecret<T>(setting: SecretSetting<T>, source: Source): T | undefined {
  const file = findSecretFile(source)
  const plain = source.env[source.name]
  if (plain !== undefined && source.isProduction) {
    throw new SettingFault(`stands in the environment: put it into a file and name that by ${source.name}_FILE`)
  }
  const value = file === undefined ? plain : readSecretFile(file)
  if (value === undefined) {
    if (setting.isOptional) return undefined
    throw new SettingFault(
      `is missing: set ${source.name}_FILE, or mount ${source.secretsFolder}/${source.name.toLowerCase()}`,
    )
  }
  assertStrong(value, setting.minBytes, file === undefined ? '' : `: ${file}`)
  return setting.parse(value)
}
