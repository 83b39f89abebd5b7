import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkBoundaries } from './boundaries.ts'
import { checkDependencies } from './dependencies.ts'
import { checkLinks } from './links.ts'
import { checkLockFile } from './lock-file.ts'
import { checkRoutes, listOperations } from './routes.ts'
import { checkWording } from './wording.ts'
import { listImports, type Package } from './workspace.ts'

function createPackage(folder: string, texts: Record<string, string>, manifest: Partial<Package> = {}): Package {
  const files = Object.entries(texts).map(([path, text]) => ({
    path: `${folder}/${path}`,
    text,
    imports: listImports(text),
    isTest: path.endsWith('.test.ts'),
  }))
  const name = `@secureconnect/${folder.replace(/^.*\//, '')}`
  return { name, folder, dependencies: [], devDependencies: [], files, ...manifest }
}

test('every way to import is seen, and what only looks like one is not', () => {
  const text = [
    "import a from 'a'",
    "import {\n  type B,\n  b,\n} from '@scope/b/part'",
    "import 'c'",
    "export { d } from './d.ts'",
    "export * from 'e'",
    "const f = await import('f')",
    "type G = import('g').G",
    "const text = 'delete from x'",
    "sql`select * from 'h'`",
  ]
  assert.deepEqual(listImports(text.join('\n')), ['a', '@scope/b/part', 'c', './d.ts', 'e', 'f', 'g'])
})

test('a dependency that is missing, unused, or used by tests alone is told', () => {
  const texts = {
    'src/a.ts': "import 'used'\nimport 'missing/part'\nimport { x } from 'node:fs'",
    'src/a.test.ts': "import 'used'\nimport 'tool'\nimport 'missing-tool'",
  }
  const dependencies = ['used', 'unused', 'tool-in-wrong-place']
  const devDependencies = ['tool', '@types/tool', '@types/nothing', 'unused-tool']
  assert.deepEqual(checkDependencies([createPackage('packages/a', texts, { dependencies, devDependencies })]), [
    'packages/a/package.json: add "missing" to dependencies',
    'packages/a/package.json: add "missing-tool" to devDependencies',
    'packages/a/package.json: remove "unused"',
    'packages/a/package.json: remove "tool-in-wrong-place"',
    'packages/a/package.json: remove "@types/nothing" from devDependencies',
    'packages/a/package.json: remove "unused-tool" from devDependencies',
  ])
})

test('only what runs the whole system may import a service, and nobody reaches into a neighbour', () => {
  const importsChat = { 'src/a.ts': "import { x } from '@secureconnect/chat'" }
  const faults = checkBoundaries([
    createPackage('services/chat', { 'src/a.ts': "import { x } from '@secureconnect/chat'\nimport '../index.ts'" }),
    createPackage('services/auth', importsChat),
    createPackage('packages/kv', importsChat),
    createPackage('packages/dev-env', importsChat),
    createPackage('test', importsChat),
    createPackage('packages/sql', { 'src/a.ts': "import '../../kv/src/a.ts'" }),
  ])
  assert.equal(faults.length, 3)
  assert.match(
    faults.join('\n'),
    /^services\/auth\/src\/a\.ts.*\npackages\/kv\/src\/a\.ts.*\npackages\/sql\/src\/a\.ts/,
  )
})

test('an operation without a file, with two, or in another service, and a file without one, are told', () => {
  const operations = ['login', 'refresh', 'logout', 'getMe'].map((key) => ({
    reference: `accounts.${key}`,
    service: 'auth',
  }))
  const auth = createPackage('services/auth', {
    'src/routes/login.ts': 'route(accounts.login, …)',
    'src/routes/login-again.ts': 'route(accounts.login, …)',
    'src/routes/refresh.ts': 'route(accounts.refresh, …)',
    'src/routes/helper.ts': 'export const x = 1',
  })
  const chat = createPackage('services/chat', { 'src/routes/get-me.ts': 'route(accounts.getMe, …)' })
  assert.deepEqual(
    checkRoutes([auth, chat], operations).map((fault) => fault.split(' ')[0]),
    ['accounts.login', 'accounts.logout', 'accounts.getMe', 'services/auth/src/routes/helper.ts:'],
  )
})

test('operations are listed by the name that code uses', () => {
  const references = listOperations().map(({ reference }) => reference)
  assert.ok(references.includes('accounts.login'))
})

test('silenced checks, unfinished work, lonely tests and hidden doors to the environment are told', () => {
  const bad = ['// @ts-ignore', '// biome-ignore lint: x', '// TODO later', "test.only('x')", 'const { env } = process']
  const file = { 'src/a.ts': ['const fine = 1', ...bad, "import { env } from 'node:process'"].join('\n') }
  const faults = checkWording([createPackage('packages/a', file), createPackage('packages/dev-env', {})])
  assert.deepEqual(faults.map((fault) => fault.split(':')[1]).sort(), ['2', '3', '4', '5', '6', '7'])
})

test('who imports more than types of node:http is told, but for tests', () => {
  const text = "import type { Server } from 'node:http'\nimport { type Server, request } from 'node:http'\n"
  const faults = checkWording([createPackage('packages/a', { 'src/a.ts': text, 'test/a.ts': text })])
  assert.deepEqual(
    faults.map((fault) => fault.split(' ', 1)[0]),
    ['packages/a/src/a.ts:2:'],
  )
})

test('a lock file that names a host is told', () => {
  assert.deepEqual(checkLockFile('resolution: {integrity: sha512-x}'), [])
  assert.equal(checkLockFile('a\nresolution: {tarball: https://registry.example.org/x.tgz}').length, 1)
})

test('a link leads to a file and its anchor to a heading, outside of code', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'links-'))
  t.after(() => rmSync(root, { recursive: true }))
  const good = '[a](b.md) [b](b.md#two-words--more) [c](#here) [d](https://example.org/x) `[e](nowhere.md)`'
  writeFileSync(join(root, 'a.md'), `# Here\n${good}\n[x](nowhere.md) [y](b.md#nothing)\n`)
  writeFileSync(join(root, 'b.md'), '## Two words & more\n```\n[f](nowhere.md)\n```\n')
  assert.deepEqual(checkLinks(root, ['a.md', 'b.md']), [
    'a.md: nowhere.md leads nowhere',
    'a.md: b.md#nothing leads nowhere',
  ])
})
