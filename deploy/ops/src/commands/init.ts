import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureCertificates } from '../certificates/ensure-certificates.ts'
import type { Command, Output, Said, Surroundings } from '../command.ts'
import { Fault } from '../fault.ts'
import { packInstallation } from '../installation/pack-installation.ts'
import { lockInstallation } from '../lock.ts'
import { placeOf } from '../place.ts'
import { readRevision } from '../revision.ts'
import { confirmBackupKey, isBackupKeyKept, readBackupKey } from '../secrets/backup-key.ts'
import { ensureSecrets } from '../secrets/ensure-secrets.ts'
import { handOutSecrets } from '../secrets/hand-out-secrets.ts'
import { secretKinds } from '../secrets/secret-kinds.ts'
import { askSettings, openTerminal } from '../settings/ask-settings.ts'
import { addSettings, readSettings } from '../settings/env-file.ts'
import { describeMachine, questions } from '../settings/settings.ts'

const help = `Makes what an installation needs and does not have yet: .env, secrets/, an authority of its own with a certificate for
each component, and a copy of every secret for each container that reads it, owned by that container's user. Run it as root.
It asks what only you know, or takes it from the command line:

${questions.map(({ flag, text }) => `  --${flag.padEnd(16)} ${text}`).join('\n')}

  --backup-key-kept  says that the backup key, which init prints, is kept somewhere else

  ./ops init
  ./ops init --domain chat.example.org --public-ip 203.0.113.7 --smtp-host mail.example.org

Run it as often as you like: what is there stays as it is, what is missing is made, certificates that near their end are made
anew. After it was interrupted, run it again. Change decisions in .env, then run it again.

Secrets that others give you are files that you put into secrets/ yourself; secrets.example/ explains each. Then run init again:
  smtp_username, smtp_password     the login at your mail server, if it wants one
  firebase_credentials             without it nobody is pushed anything while the app is closed
  alert_critical_url, alert_warning_url   where alerts are posted
  webhook_url, webhook_secret      where another system of yours is told of calls`

function assertRoot(): void {
  if (process.getuid?.() === 0) return
  throw new Fault(
    'ops init gives files to the users that containers run as, which only root may do.',
    'Run sudo ./ops init.',
  )
}

async function decide(values: Said['values'], { root, signal }: Surroundings): Promise<ReadonlyMap<string, string>> {
  const terminal = openTerminal(signal)
  try {
    const settings = new Map(await askSettings(values, { known: readSettings(root), ask: terminal.ask }))
    for (const [name, value] of describeMachine(settings)) if (!settings.get(name)) settings.set(name, value)
    if (!settings.get('REVISION')) settings.set('REVISION', await readRevision(root))
    return settings
  } finally {
    terminal.close()
  }
}

/** Production without Firebase has to be meant; credentials that come later win over this. */
function addPushDecision(root: string, folder: string): void {
  const hasFirebase = existsSync(join(folder, 'firebase_credentials'))
  addSettings(root, new Map([['ALLOW_MOCK_PUSH', hasFirebase ? 'false' : 'true']]))
}

const listOrNone = (names: readonly string[]) => (names.length === 0 ? 'none, all were there' : names.join(', '))

function describeMissing(folder: string): string[] {
  return Object.entries(secretKinds).flatMap(([name, { without }]) =>
    without === undefined || existsSync(join(folder, name)) ? [] : [`  ${name.padEnd(20)} ${without}`],
  )
}

function tellBackupKey(output: Output, folder: string): void {
  if (isBackupKeyKept(folder)) return
  output.print('\nThe backup key. Without it no backup can be read: keep it where this server is not.')
  output.print(`  ${readBackupKey(folder)}\nWhen you have: ./ops init --backup-key-kept`)
}

async function run({ values }: Said, surroundings: Surroundings): Promise<number> {
  const { root, output } = surroundings
  assertRoot()
  const folder = join(root, 'secrets')
  using _lock = lockInstallation(root)
  const settings = await decide(values, surroundings)
  addSettings(root, settings)
  const made = await ensureSecrets(folder)
  handOutSecrets(folder)
  addPushDecision(root, folder)
  const issued = await ensureCertificates(folder, placeOf(settings))
  if (values['backup-key-kept'] === true) confirmBackupKey(folder)
  packInstallation(root)

  output.print(`Secrets made: ${listOrNone(made)}.\nCertificates made: ${listOrNone(issued)}.`)
  const missing = describeMissing(folder)
  if (missing.length > 0) output.print(['\nNot given, which is allowed; what that costs:', ...missing].join('\n'))
  tellBackupKey(output, folder)
  return 0
}

export const init: Command = {
  name: 'init',
  summary: 'makes .env, secrets and certificates; again: what is missing of them',
  help,
  options: {
    ...Object.fromEntries(questions.map(({ flag }) => [flag, { type: 'string' as const }])),
    'backup-key-kept': { type: 'boolean' },
  },
  run,
}
