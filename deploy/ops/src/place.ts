import type { Place } from './consumers.ts'
import { getSetting } from './settings/env-file.ts'

/** Where the installation is found, as .env says. */
export function placeOf(settings: ReadonlyMap<string, string>): Place {
  return {
    domain: getSetting(settings, 'DOMAIN'),
    filesDomain: getSetting(settings, 'FILES_DOMAIN'),
    publicIp: getSetting(settings, 'PUBLIC_IP'),
  }
}
