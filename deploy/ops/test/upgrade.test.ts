import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { scale } from '@secureconnect/test/helpers'
import { replaceSetting } from '../src/settings/env-file.ts'
import { assertAcknowledged } from '../src/upgrade/breaking-changes.ts'
import { assertNothingSkipped } from '../src/upgrade/contract-migrations.ts'
import { withoutRoot as skip } from './try-ops.ts'
import { UpgradedClone } from './upgraded-clone.ts'

const replace = (revision: string, ...services: string[]) =>
  services.map((service) => `compose up --detach --no-deps --no-build ${service} @${revision}`)
const order = ['storage-service', 'auth-service', 'chat-service', 'video-service', 'api-gateway']

test('an upgrade goes step by step, one service after the other, and can be taken back', { skip }, async (t) => {
  const clone = new UpgradedClone(t)
  const [from, to] = [clone.head(), clone.release({ note: 'new' })]
  const { code, text } = await clone.upgrade('next', '--address', '127.0.0.1')
  assert.equal(code, 0, text)
  assert.deepEqual(clone.told(), [
    `ops verify --address 127.0.0.1 @${from}`,
    `ops backup @${from}`,
    `ops init @${to}`,
    `compose build @${to}`,
    `compose pull --ignore-buildable --policy missing @${to}`,
    `compose run --rm --no-deps --no-TTY migrate @${to}`,
    ...replace(to, ...order),
    `ops up --no-build @${to}`,
    `ops verify --address 127.0.0.1 @${to}`,
  ])
  assert.deepEqual([clone.revisions(), clone.state()?.step], [[to], 'done'])
  assert.equal(clone.git('symbolic-ref', '--short', 'HEAD'), 'main', 'the branch moves along')
  assert.match((await clone.upgrade('next')).text, /nothing to do/)
  clone.told()

  assert.equal((await clone.upgrade('--rollback')).code, 0)
  assert.deepEqual(clone.told(), [...replace(from, ...order.toReversed()), `ops up --no-build @${from}`])
  assert.deepEqual([clone.revisions(), clone.state()], [[from], undefined])
  assert.match((await clone.upgrade('--rollback')).text, /No upgrade was begun/)
})

test('a revision that does not start is taken back by itself, and the others are not touched', { skip }, async (t) => {
  const clone = new UpgradedClone(t)
  const [from, to] = [clone.head(), clone.release({ note: 'broken' })]
  clone.note('broken', `chat-service@${to}`)
  const { code, text } = await clone.upgrade('next')
  assert.equal(code, 1)
  assert.match(text, /chat-service of revision \w+ ends as soon as it is started/)
  assert.match(text, new RegExp(`ok +return +revision ${from} runs again`))
  const touched = order.slice(0, 3)
  const replaced = clone.told().filter((line) => line.includes('--no-deps --no-build'))
  assert.deepEqual(replaced, [...replace(to, ...touched), ...replace(from, ...touched.toReversed())])
  assert.deepEqual([clone.revisions(), clone.state()], [[from], undefined])
})

for (const fails of ['verify', 'init', 'build'].slice(0, scale(3)))
  test(`where ${fails} of the new revision fails, what ran before comes back`, { skip }, async (t) => {
    const clone = new UpgradedClone(t)
    const from = clone.head()
    clone.release({ note: 'new', ops: `#!/bin/sh\ntest "$1" != ${fails}\n` })
    if (fails === 'build') clone.note('unbuildable', '')
    const { code, text } = await clone.upgrade('next')
    assert.equal(code, 1)
    assert.match(text, new RegExp(`ok +return +revision ${from} runs again`))
    assert.deepEqual(clone.revisions(), [from])
  })

test('without a backup nothing is changed, unless that is said', { skip }, async (t) => {
  const clone = new UpgradedClone(t)
  const [from, to] = [clone.head(), clone.release({ note: 'new' })]
  clone.note('fails', 'backup')
  const { code, text } = await clone.upgrade('next')
  assert.equal(code, 1)
  assert.match(text, /no backup of the moment before, so nothing was changed/)
  assert.deepEqual([clone.revisions(), clone.state()], [[from], undefined])
  const again = await clone.upgrade('next', '--without-backup')
  assert.match(again.text, /NO BACKUP IS MADE/)
  assert.deepEqual([again.code, clone.revisions()], [0, [to]])
})

test('a change that needs the operator has to be acknowledged, each once', { skip }, async (t) => {
  const clone = new UpgradedClone(t)
  const change = { id: 'mail-by-tls', what: 'Mails go by TLS alone.', todo: 'Set SMTP_SECURITY in .env.' }
  const file = 'deploy/breaking-changes.json'
  clone.release({ [file]: JSON.stringify([change]) }, { [file]: JSON.stringify([change, { ...change, id: 'second' }]) })
  const { code, text } = await clone.upgrade('next', '--acknowledge', 'mail-by-tls')
  assert.equal(code, 1)
  assert.match(text, /second: Mails go by TLS alone\.\n +What to do: Set SMTP_SECURITY/)
  assert.match(text, /add --acknowledge mail-by-tls,second/)
  assert.deepEqual(clone.told(), [])
  const ends = { from: 'HEAD', to: 'next' }
  await assertAcknowledged(clone.root, ends, ['mail-by-tls', 'second'])
  await assertAcknowledged(clone.root, { from: 'next', to: 'next' }, [])
})

test('a release that has to run in between cannot be skipped', { skip }, async (t) => {
  const clone = new UpgradedClone(t)
  const migrations = 'packages/sql/migrations'
  clone.release(
    { [`${migrations}/0002.do.new-way.sql`]: 'select 2;\n' },
    { [`${migrations}/0003.do.old-way-ends.sql`]: '-- contract: unused since 0002\ndrop table old;\n' },
  )
  const { code, text } = await clone.upgrade('next')
  assert.equal(code, 1)
  assert.match(text, /Migration 3 takes away what this revision still uses; that ended with migration 2/)
  const [, first = ''] = /\.\/ops upgrade (\w+~1),/.exec(text) ?? []
  await assertNothingSkipped(clone.root, { from: 'HEAD', to: first })
  await assertNothingSkipped(clone.root, { from: first, to: 'next' })
})

test('one that was cut short goes on where it was, or back', { skip }, async (t) => {
  const clone = new UpgradedClone(t)
  const [from, to] = [clone.head(), clone.release({ note: 'new' })]
  const ends = { from: { commit: from, revision: from }, to: { commit: to, revision: to } }
  const cut = () => clone.note('upgrade.json', JSON.stringify({ ...ends, step: 'services', withoutBackup: false }))
  clone.git('reset', '--quiet', '--hard', to)
  replaceSetting(clone.root, 'REVISION', to)
  cut()
  assert.match((await clone.upgrade('next')).text, /cut short at: services[\s\S]+--resume goes on/)
  assert.equal((await clone.upgrade('--resume')).code, 0)
  assert.deepEqual(clone.told(), [...replace(to, ...order), `ops up --no-build @${to}`, `ops verify @${to}`])
  cut()
  clone.note('cleared', '')
  assert.equal((await clone.upgrade('--rollback')).code, 0)
  assert.equal(clone.told()[0], `compose build @${from}`, 'images that were cleared away are built again')
  assert.deepEqual(clone.revisions(), [from])
})

test('where there is no way forward or back git is not asked to make one', { skip }, async (t) => {
  const clone = new UpgradedClone(t)
  clone.release({ note: 'new' })
  writeFileSync(clone.path('ops'), '#!/bin/sh\n')
  assert.match((await clone.upgrade('next')).text, /changed and not committed: ops\./)
  clone.git('checkout', '--quiet', '--', 'ops')
  assert.match((await clone.upgrade('nonsense')).text, /There is no revision "nonsense"/)
  assert.match((await clone.upgrade()).text, /This clone follows no branch/)
  clone.commit({ own: 'mine' })
  assert.match((await clone.upgrade('HEAD~1')).text, /older than what is here/)
  assert.match((await clone.upgrade('next')).text, /commits of its own/)
  assert.equal((await clone.upgrade('next', '--resume')).code, 2)
  rmSync(clone.path('.git'), { recursive: true })
  assert.match((await clone.upgrade('next')).text, /no clone of git/)
  assert.deepEqual(clone.told(), [])
})
