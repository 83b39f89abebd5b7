import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfig } from '@secureconnect/config'
import { findWebApp, tryFirebase, webPushSettings } from '@secureconnect/push'
import { type Finding, failed, ok, warning } from '../checks/finding.ts'
import type { DoctorCheck } from './doctor-check.ts'

const fix =
  'Put the file that the Firebase console gives into secrets/firebase_credentials, then ./ops init; see the clock, too.'

const webFix = 'Correct it in .env as docs/operations.md says, "Pushes to phones and browsers".'

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Whether browsers can be told how they register: chat-service does not start with what is given by halves. */
function judgeWebApp(settings: ReadonlyMap<string, string>, hasCredentials: boolean): Finding[] {
  try {
    const webApp = findWebApp(parseConfig(webPushSettings, { env: Object.fromEntries(settings) }))
    if (!webApp || hasCredentials) return []
    return [warning('push', 'FIREBASE_WEB_APP_ID is of no use without secrets/firebase_credentials', fix)]
  } catch (error) {
    return [failed('push', messageOf(error), webFix)]
  }
}

/** Asks for a token with which pushes go, where there are credentials at all: the check of secrets tells where not. */
export const push: DoctorCheck = {
  name: 'push',
  run: async ({ root, settings }) => {
    if (process.getuid?.() !== 0) return []
    const path = join(root, 'secrets/firebase_credentials')
    const ofPages = judgeWebApp(settings, existsSync(path))
    if (!existsSync(path)) return ofPages
    try {
      await tryFirebase(readFileSync(path, 'utf8'))
      return [ok('push', 'Firebase takes the credentials'), ...ofPages]
    } catch (error) {
      return [warning('push', messageOf(error), fix), ...ofPages]
    }
  },
}
