// `npm run check`: everything about the repo that can be judged without running it, all at once.
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkBoundaries } from './checks/boundaries.ts'
import { checkDependencies } from './checks/dependencies.ts'
import { checkLinks } from './checks/links.ts'
import { checkLockFile } from './checks/lock-file.ts'
import { checkRoutes, listOperations } from './checks/routes.ts'
import { checkWording } from './checks/wording.ts'
import { readWorkspace } from './checks/workspace.ts'
import { listStaleFiles, root } from './generated-files.ts'

type Check = { name: string; fix: string; run: () => Promise<readonly string[]> | readonly string[] }

/** Runs a tool of the repo; what it prints when it fails are the faults. */
function runTool(script: string, args: readonly string[]): Promise<readonly string[]> {
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 }
  return new Promise((done) => {
    execFile(process.execPath, [join(root, 'node_modules', script), ...args], options, (error, stdout, stderr) => {
      if (error === null) return done([])
      done(`${stdout}${stderr}`.trim().split('\n'))
    })
  })
}

const packages = readWorkspace(root)
const pages = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules', '.data'] }).sort()

const checks: readonly Check[] = [
  {
    name: 'format and lint',
    fix: './node_modules/.bin/biome check --write . mends what can be mended',
    run: () =>
      runTool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '--reporter=concise', '--colors=off']),
  },
  { name: 'types', fix: 'mend the lines named above', run: () => runTool('typescript/bin/tsc', ['-p', '.']) },
  {
    // Apart from the rest, which must not take what only browsers have for granted.
    name: 'types of pages',
    fix: 'mend the lines named above',
    run: () => runTool('typescript/bin/tsc', ['-p', 'packages/sdk']),
  },
  {
    name: 'types of the web client',
    fix: 'mend the lines named above',
    run: () => runTool('typescript/bin/tsc', ['-p', 'packages/web']),
  },
  {
    name: 'types of its worker',
    fix: 'mend the lines named above',
    run: () => runTool('typescript/bin/tsc', ['-p', 'packages/web/src/worker']),
  },
  {
    name: 'generated files',
    fix: 'npm run generate, then commit what it wrote',
    run: async () => (await listStaleFiles()).map((path) => `${path} is not what the code says`),
  },
  {
    name: 'dependencies',
    fix: 'edit the package.json named, then run pnpm install',
    run: () => checkDependencies(packages),
  },
  { name: 'boundaries', fix: 'see ARCHITECTURE.md, "Where things are"', run: () => checkBoundaries(packages) },
  { name: 'routes', fix: 'one operation, one file, named for it', run: () => checkRoutes(packages, listOperations()) },
  { name: 'wording', fix: 'see STYLE.md', run: () => checkWording(packages) },
  {
    name: 'lock file',
    fix: 'pnpm install --lockfile-only with the default registry settings',
    run: () => checkLockFile(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')),
  },
  { name: 'links', fix: 'correct the link or its target', run: () => checkLinks(root, pages) },
]

async function report({ name, fix, run }: Check): Promise<boolean> {
  const startedAt = performance.now()
  const faults = await run()
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)
  console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(16)} ${seconds} s`)
  if (faults.length > 0) console.log([...faults.map((fault) => `     ${fault}`), `     Fix: ${fix}`].join('\n'))
  return faults.length === 0
}

const results = await Promise.all(checks.map(report))
process.exitCode = results.every(Boolean) ? 0 : 1
