import { ConfigError, parseConfig, secret } from '@secureconnect/config'
import { secretKinds } from './secret-kinds.ts'

/** What a service would refuse in this file, in its own words and never with the value; undefined when it is good. */
export function findSecretFault(name: string, path: string): string | undefined {
  const { minBytes = 1 } = secretKinds[name] ?? {}
  try {
    parseConfig({ it: secret(minBytes) }, { env: { IT_FILE: path } })
    return undefined
  } catch (error) {
    if (error instanceof ConfigError) return error.faults[0]?.replace(/^IT /, '').replace(`: ${path}`, '')
    throw error
  }
}
