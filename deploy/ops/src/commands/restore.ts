import type { Command, Said, Surroundings } from '../command.ts'
import { listServices } from '../docker/list-services.ts'
import { runBackupTool } from '../docker/run-backup-tool.ts'
import { compose, runDocker, showDocker } from '../docker/run-docker.ts'
import { waitUntilWell } from '../docker/wait-until-well.ts'
import { UsageFault } from '../fault.ts'
import { restoreInstallation } from '../installation/restore-installation.ts'
import { lockInstallation } from '../lock.ts'

/** Whoever writes, and whoever brings people to them. */
const writers = ['nginx', 'api-gateway', 'auth-service', 'chat-service', 'video-service', 'storage-service', 'backup']

/** What each service does once its data came back: see ARCHITECTURE.md, "A restore from backup begins a new epoch". */
const hooks = { 'auth-service': 'auth', 'chat-service': 'chat', 'video-service': 'video' } as const
const hookTimeoutMs = 3_600_000

async function runHooks({ root, signal, output }: Surroundings): Promise<void> {
  for (const [service, folder] of Object.entries(hooks)) {
    const words = compose('run', '--rm', '--no-deps', '--no-TTY', service, 'node', `services/${folder}/restore.ts`)
    output.tell(`      ${(await runDocker(words, { root, signal, timeoutMs: hookTimeoutMs })).trim()}`)
  }
}

/** What it remembers is of what was undone; the system does without it until it has it anew. False where it is elsewhere. */
async function emptyRedis({ root, signal }: Surroundings): Promise<boolean> {
  if (!(await listServices(root)).includes('redis')) return false
  await runDocker(compose('rm', '--stop', '--force', 'redis'), { root, signal, timeoutMs: 60_000 })
  await runDocker(['volume', 'rm', '--force', 'secureconnect_redis'], { root, signal })
  return true
}

/** Restores, and tells what is to be known of it, or done. */
async function restoreData(set: string | undefined, isReplacing: boolean, surroundings: Surroundings): Promise<string> {
  const { root, output, signal } = surroundings
  const which = set === undefined ? [] : [set]
  output.tell('1/5  Looking whether the set may take its place here …')
  output.tell(`      ${await runBackupTool(['admit', ...which, ...(isReplacing ? ['--replace'] : [])], surroundings)}`)
  output.tell('2/5  Stopping whoever writes …')
  await showDocker(compose('stop', ...writers), { root, signal })
  output.tell('3/5  Restoring …')
  output.tell(`      ${await runBackupTool(['restore', ...which, '--replace'], surroundings, { isAlone: true })}`)
  output.tell('4/5  Ending what the backup cannot know of …')
  await runHooks(surroundings)
  if (!(await emptyRedis(surroundings)))
    return 'The backup is restored, and nothing runs yet: empty your Redis (FLUSHALL), which remembers what was undone, then run ./ops up.'
  output.tell('5/5  Starting …')
  await showDocker(compose('up', '--detach', '--no-build'), { root, signal })
  await waitUntilWell(root, { output, signal })
  return 'The backup is in use. Everybody signs in again; ./ops verify proves the rest.'
}

async function restoreSettings(from: unknown, set: string | undefined, { root, output }: Surroundings): Promise<void> {
  if (typeof from !== 'string')
    throw new UsageFault('restore settings wants to know where the backups are.', 'Say --from FOLDER, or --from URL.')
  using _lock = lockInstallation(root)
  const found = await restoreInstallation({ root, from, set })
  output.print(
    `.env and secrets/ are those of ${found}. Change in .env what is otherwise here, then run ./ops init and ./ops up.`,
  )
}

async function run({ words, values }: Said, surroundings: Surroundings): Promise<number> {
  const [first, second, ...others] = words
  if (others.length > 0 || (second !== undefined && first !== 'settings'))
    throw new UsageFault('restore takes one set.', './ops backup list shows which there are.')
  if (first === 'settings') await restoreSettings(values.from, second, surroundings)
  else {
    using _lock = lockInstallation(surroundings.root)
    surroundings.output.print(await restoreData(first, values.replace === true, surroundings))
  }
  return 0
}

export const restore: Command = {
  name: 'restore',
  summary: 'puts a backup in the place of what is there',
  help: `Stops whoever writes, restores the newest set or the one that is named, ends what the backup cannot know of (all sessions, calls
that went on, waiting mails, pushes and webhooks; every conversation begins a new epoch), empties Redis and starts again; a Redis
that is not on this server you empty yourself, and start then. It
refuses where there are accounts, messages or files, unless --replace says that they are to go. The database changes at once, and
last; where it was interrupted, run it again.

  ./ops restore                  the newest set, into a system that has just been started and has no data
  ./ops restore SET --replace    another one, in the place of what is there

On a new server .env and secrets/ come first; put the backup key into secrets/backup_key before:

  ./ops restore settings --from /mnt/backups
  ./ops restore settings --from https://s3.example.org/backups`,
  options: { replace: { type: 'boolean' }, from: { type: 'string' } },
  run,
}
