import { readSecret, type SecretSetting } from './secret.ts'
import { type Setting, SettingFault } from './setting.ts'

export type Settings = Readonly<Record<string, Setting<unknown> | SecretSetting<unknown>>>

/** The values that a set of settings yields. */
export type ConfigOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> | SecretSetting<infer T> ? T : never
}

/** The configuration cannot be used; the message lists every fault at once. */
export class ConfigError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/** Where a configuration is read from. */
export type Source = { env: NodeJS.ProcessEnv; secretsFolder?: string }

/** `dbPassword` is `DB_PASSWORD` in the environment. */
export function variableName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}

/** Reads and checks all settings; what is wrong is told in one message, and no value of a secret in it. */
export function parseConfig<const S extends Settings>(settings: S, source: Source): ConfigOf<S> {
  const { env, secretsFolder = '/run/secrets' } = source
  const isProduction = env.ENV === 'production'
  const faults: string[] = []
  const entries = Object.entries(settings).map(([key, setting]) => {
    const name = variableName(key)
    try {
      if (setting.kind === 'secret') return [key, readSecret(setting, { name, env, secretsFolder, isProduction })]
      return [key, readPlain(setting, env[name], isProduction)]
    } catch (error) {
      if (!(error instanceof SettingFault)) throw error
      faults.push(`${name} ${error.message}`)
      return [key, undefined]
    }
  })
  if (faults.length > 0) throw new ConfigError(faults)
  return Object.freeze(Object.fromEntries(entries))
}

function readPlain(setting: Setting<unknown>, raw: string | undefined, isProduction: boolean): unknown {
  const text = raw?.trim()
  if (text === undefined || text === '') {
    if (!('fallback' in setting)) throw new SettingFault('is not set')
    if (isProduction && setting.isRequiredInProduction) throw new SettingFault('is not set, which production needs')
    return setting.fallback
  }
  return setting.parse(text, { isProduction })
}
