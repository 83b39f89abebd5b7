import { homedir } from 'node:os'
import { join } from 'node:path'

const { SECURECONNECT_CACHE, XDG_CACHE_HOME, TEST_STACK } = process.env

/** Where built and downloaded servers are kept between runs. */
export const cacheFolder = SECURECONNECT_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'secureconnect')

/** The socket of the run's broker; a test file that is run alone has none and starts its own servers. */
export const brokerSocket = TEST_STACK

/** The URL a person gave for a server that already runs, as in TEST_POSTGRES_URL. */
export function givenUrl(variable: string): string | undefined {
  return process.env[variable]
}
