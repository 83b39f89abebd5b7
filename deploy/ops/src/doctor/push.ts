import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tryFirebase } from '@secureconnect/push'
import { ok, warning } from '../checks/finding.ts'
import type { DoctorCheck } from './doctor-check.ts'

const fix =
  'Put the file that the Firebase console gives into secrets/firebase_credentials, then ./ops init; see the clock, too.'

/** Asks for a token with which pushes go, where there are credentials at all: the check of secrets tells where not. */
export const push: DoctorCheck = {
  name: 'push',
  run: async ({ root }) => {
    const path = join(root, 'secrets/firebase_credentials')
    if (process.getuid?.() !== 0 || !existsSync(path)) return []
    try {
      await tryFirebase(readFileSync(path, 'utf8'))
      return [ok('push', 'Firebase takes the credentials')]
    } catch (error) {
      return [warning('push', error instanceof Error ? error.message : String(error), fix)]
    }
  },
}
