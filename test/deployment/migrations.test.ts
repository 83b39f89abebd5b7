import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { readContract } from '@secureconnect/ops/contract-migrations'
import { testScale } from '../helpers/config.ts'
import { root } from './compose-file.ts'
import { environment } from './live/config.ts'
import { listNarrowings } from './narrowings.ts'
import { findPrevious, findRelease, listMigrations, migrationsFolder, PreviousVersion } from './previous-version.ts'

const names = readdirSync(join(root, migrationsFolder)).toSorted()
const read = (name: string) => readFileSync(join(root, migrationsFolder, name), 'utf8')
const numberOf = (name: string) => Number.parseInt(name, 10)

/** From before there was a release whose processes could have minded. */
const fromBefore = ['0029.do.call-moderation.sql']

test('what takes something away, renames or narrows it is told from what only adds', () => {
  const earlier = `create table if not exists people (id uuid, kind text,
  constraint people_kind_known check (kind in ('one', 'two'))
);`
  const replaced = (values: string) => `alter table people drop constraint if exists people_kind_known;
alter table people add constraint people_kind_known check (kind in (${values}));`
  for (const narrowing of [
    'drop table if exists people;',
    'alter table people drop column if exists kind;',
    'alter table people rename column kind to sort;',
    'alter table people alter column kind type integer;',
    'alter table people alter column kind set not null;',
    'alter table people alter column kind drop default;',
    'alter table people add column if not exists a int not null default 1, add column if not exists b int not null;',
    'create unique index if not exists people_kinds on people (kind);',
    'alter table people add constraint people_all check (kind is not null);',
    replaced("'one', 'three'"),
  ])
    assert.equal(listNarrowings(narrowing, earlier).length, 1, narrowing)
  for (const expansion of [
    '-- drop table people;\ncreate table if not exists more (id uuid not null);',
    'create table if not exists more (id uuid);\ncreate unique index if not exists more_ids on more (id);',
    'alter table people add column if not exists a int not null default 1;',
    'drop index if exists people_kinds;',
    replaced("'one', 'two', 'three'"),
  ])
    assert.deepEqual(listNarrowings(expansion, earlier), [], expansion)
})

test('every migration expands, but for those marked to contract what a release has ended to use', () => {
  const release = findRelease()
  const released = release === undefined ? [] : listMigrations(release).map(numberOf)
  names.forEach((name, index) => {
    const script = read(name)
    const since = readContract(script)
    if (since === undefined) {
      const narrowings = listNarrowings(script, names.slice(0, index).map(read).join('\n'))
      if (!fromBefore.includes(name)) assert.deepEqual(narrowings, [], name)
      return
    }
    assert.ok(
      since < numberOf(name) && names.some((other) => numberOf(other) === since),
      `${name}: there is no ${since}`,
    )
    if (released.includes(numberOf(name))) return
    assert.ok(released.includes(since), `${name}: no release has migration ${since} yet, so a running one may use this`)
  })
})

const previous = findPrevious()
const skip =
  testScale < 1 ? 'runs the tests of another version, so only at full size' : typeof previous === 'string' && previous

test('the version before passes its tests on the schema of this one', { skip }, async (t) => {
  assert.ok(typeof previous !== 'string')
  using version = new PreviousVersion(previous.commit)
  const files = globSync('services/{auth,chat,storage,video}/test/*.test.ts', { cwd: version.folder })
  assert.ok(files.length > 0, 'it has no such tests')
  // As the run itself has them: what a failed test left open would keep its process for ever.
  const bounds = ['--test-force-exit', '--test-timeout=300000']
  const args = ['--test', '--test-reporter=tap', ...bounds, ...files]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: version.folder,
    // On the servers that this run has, at everyday sizes, and as a run of its own.
    env: { ...environment, TEST_SCALE: undefined, NODE_TEST_CONTEXT: undefined },
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout?: string }) => assert.fail(String(error.stdout).slice(-8_000)))
  const passed = /^# pass (\d+)$/m.exec(stdout)?.[1]
  assert.ok(Number(passed) > 0, stdout.slice(-2_000))
  t.diagnostic(`${passed} tests of ${previous.commit.slice(0, 12)} passed on ${names.at(-1)}`)
})
