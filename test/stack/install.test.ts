import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'

const cache = mkdtempSync(join(tmpdir(), 'cache-'))
after(() => rmSync(cache, { recursive: true }))
process.env.SECURECONNECT_CACHE = cache
const { cached, findOrInstall } = await import('./install.ts')

function withPath(t: TestContext, path: string): void {
  const before = process.env.PATH
  process.env.PATH = path
  t.after(() => {
    process.env.PATH = before
  })
}

const program = { name: 'no-such-server', package: 'no-such-package', variable: 'TEST_NOTHING_URL' }

test('where nothing may be installed, one sentence says what to install and what to set instead', async (t) => {
  withPath(t, '')
  await assert.rejects(findOrInstall(program), {
    message:
      "no-such-server is missing here. Install Debian's package no-such-package (or what your system calls it) " +
      'so that no-such-server is on PATH, or set TEST_NOTHING_URL.',
  })
})

test('a program is found on PATH before it is looked for elsewhere', async (t) => {
  withPath(t, `/nowhere:${join(process.execPath, '..')}`)
  assert.equal(await findOrInstall({ ...program, name: 'node', folders: '/usr/*' }), process.execPath)
})

test('a build that fails leaves nothing in the cache', async () => {
  await assert.rejects(
    cached('broken', 'Building broken', async (folder) => {
      await writeFile(join(folder, 'half'), '')
      throw new Error('no compiler')
    }),
    /no compiler/,
  )
  assert.deepEqual(readdirSync(cache), [])
})

test('two who build at the same time both get a whole build, and later ones build no more', async () => {
  const bothBuild = Promise.withResolvers<void>()
  let builders = 0
  const build = async (folder: string) => {
    if (++builders === 2) bothBuild.resolve()
    await bothBuild.promise
    await writeFile(join(folder, 'program'), 'whole')
  }
  const folders = await Promise.all([cached('tool', 'Building tool', build), cached('tool', 'Building tool', build)])
  const again = await cached('tool', 'Building tool', () => assert.fail('built again'))
  for (const folder of [...folders, again]) assert.equal(await readFile(join(folder, 'program'), 'utf8'), 'whole')
  assert.deepEqual(readdirSync(cache), ['tool'])
})
