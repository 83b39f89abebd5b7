import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { backup } from '../src/commands/backup.ts'
import { restore } from '../src/commands/restore.ts'
import { restoreDrill } from '../src/commands/restore-drill.ts'
import { runningContainer } from './fake-docker.ts'
import { createRoot, preferPrograms, tryOps } from './try-ops.ts'

/** A FAKE `docker` that notes what it is asked, answers the backup's own program as told, and has one service, which is well. */
function fakeDocker(t: TestContext, ofBackup: string, service = 'redis') {
  const root = createRoot((clean) => t.after(clean))
  const notes = join(root, 'asked')
  preferPrograms(t, root, {
    docker: `echo "$*" >> '${notes}'
case "$*" in
  *deploy/backup/index.ts*) ${ofBackup} ;;
  *restore.ts*) echo ended ;;
  *"config --services"*) echo ${service} ;;
  ps*) echo 1 ;;
  inspect*) echo '${JSON.stringify([runningContainer(service)])}' ;;
esac`,
  })
  const listAsked = () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : [])
  return { root, listAsked }
}

const tool = (words: string) => `compose exec --no-TTY backup node deploy/backup/index.ts --attended ${words}`

test('backups are taken, listed, verified and drilled by the container that has the schedule, and what it says is told', async (t) => {
  const { root, listAsked } = fakeDocker(t, 'echo "table users …" >&2; echo "files …" >&2; echo "3 sets"')
  const takes = await tryOps(root, backup)
  assert.deepEqual([takes.code, takes.text], [0, 'table users …\nfiles …\n3 sets'])
  await tryOps(root, backup, 'list', '--json')
  await tryOps(root, backup, 'verify', '2026-11-20T03-00-00Z')
  await tryOps(root, restoreDrill, '--json')
  assert.deepEqual(listAsked(), ['take', 'list --json', 'verify 2026-11-20T03-00-00Z', 'drill --json'].map(tool))
})

test('words that mean nothing are refused before anything is done', async (t) => {
  const { root, listAsked } = fakeDocker(t, 'true')
  for (const words of [['now'], ['list', 'all'], ['verify', 'one', 'two']])
    assert.equal((await tryOps(root, backup, ...words)).code, 2, words.join(' '))
  assert.equal((await tryOps(root, restoreDrill, 'one', 'two')).code, 2)
  assert.equal((await tryOps(root, restore, 'one', 'two')).code, 2)
  assert.equal((await tryOps(root, restore, 'settings')).code, 2)
  assert.deepEqual(listAsked(), [])
})

test('a container that does not run, and a set that is damaged, are told with the way out', async (t) => {
  const stopped = fakeDocker(t, `echo 'service "backup" is not running' >&2; exit 1`)
  const { code, text } = await tryOps(stopped.root, backup)
  assert.equal(code, 1)
  assert.match(text, /secureconnect_backup does not run\.\n.*\.\/ops up/)
  const damaged = fakeDocker(t, 'echo "the table messages differs" >&2; exit 1')
  const drill = await tryOps(damaged.root, restoreDrill)
  assert.equal(drill.code, 1)
  assert.match(drill.text, /the table messages differs/)
})

test('a restore asks whether the set may come in before it stops anybody, and ends by starting all', async (t) => {
  const { root, listAsked } = fakeDocker(t, 'echo done')
  const { code, text } = await tryOps(root, restore, 'a-set', '--replace')
  assert.equal(code, 0, text)
  const changes = listAsked().filter((line) => !/^(ps|inspect|compose config)/.test(line))
  assert.deepEqual(
    changes.map((line) => line.replace('compose ', '').replace(/ --no-TTY| --no-deps| --rm/g, '')),
    [
      'exec backup node deploy/backup/index.ts --attended admit a-set --replace',
      'stop nginx api-gateway auth-service chat-service video-service storage-service backup',
      'run backup node deploy/backup/index.ts --attended restore a-set --replace',
      'run auth-service node services/auth/restore.ts',
      'run chat-service node services/chat/restore.ts',
      'run video-service node services/video/restore.ts',
      'rm --stop --force redis',
      'volume rm --force secureconnect_redis',
      'up --detach --no-build',
    ],
  )
})

test('a Redis that is not on this server is for the operator to empty, before anything starts', async (t) => {
  const { root, listAsked } = fakeDocker(t, 'echo done', 'nginx')
  const { code, text } = await tryOps(root, restore, '--replace')
  assert.equal(code, 0, text)
  assert.match(text, /empty your Redis \(FLUSHALL\).*\.\/ops up/)
  assert.deepEqual(
    listAsked().filter((line) => /redis|compose up/.test(line)),
    [],
  )
})

test('a set that may not come in stops nobody', async (t) => {
  const { root, listAsked } = fakeDocker(t, 'echo "there are accounts: say --replace" >&2; exit 1')
  const { code, text } = await tryOps(root, restore)
  assert.equal(code, 1)
  assert.match(text, /there are accounts: say --replace/)
  assert.deepEqual(listAsked(), [tool('admit')])
})
