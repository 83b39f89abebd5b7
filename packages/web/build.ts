// Builds the web client: `node packages/web/build.ts [FOLDER]`.
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { pages } from './src/pages.ts'

const root = import.meta.dirname
const builds = join(root, 'dist')
const target = 'es2024'
const inUseMs = 600_000
/** Everything else in a build is compressed already. */
const compressible = /\.(?:html|js|css|svg|json|webmanifest)$/

/** Changes with whatever a build is made of. */
function fingerprint(): string {
  const own = globSync('**/*', { cwd: root, exclude: ['node_modules', 'dist', 'test'], withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const used = globSync(['{sdk,e2ee}/src/**/*.ts', 'protocol/src/*.ts'], { cwd: join(root, '..') }).map((file) =>
    join(root, '..', file),
  )
  const hash = createHash('sha256')
  for (const file of [...own, ...used, join(root, '../../pnpm-lock.yaml')].sort()) {
    hash.update(`${relative(root, file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}

/** Lays a compressed copy beside each file, so that nobody compresses while he is asked. */
async function compress(folder: string): Promise<void> {
  const files = globSync('**/*', { cwd: folder }).filter((file) => compressible.test(file))
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  for (const file of files) {
    const path = join(folder, file)
    writeFileSync(`${path}.br`, await promisify(brotliCompress)(readFileSync(path), { params }))
  }
}

/** Builds the client into a folder, in the place of what is there. */
async function buildInto(folder: string): Promise<void> {
  // Loaded only where there is something to build.
  const { build } = await import('vite')
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target,
      // Inlined files would need `data:` in the policy of the page.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  })
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: false,
      target,
      modulePreload: false,
      // Browsers look for it under one name; of a worker in one piece each browser knows what to do.
      rolldownOptions: {
        input: join(root, 'src/worker/service-worker.ts'),
        output: { format: 'iife', entryFileNames: 'service-worker.js' },
      },
    },
  })
  // For whoever serves the folder: at which paths its document is the answer.
  writeFileSync(join(folder, 'pages.json'), JSON.stringify(Object.values(pages)))
  await compress(folder)
}

/** Removes earlier builds and what was left of broken ones, but nothing that somebody may be at work with. */
function removeOld(newest: string): void {
  for (const entry of readdirSync(builds)) {
    const path = join(builds, entry)
    // Another process may have finished or removed it meanwhile.
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    const isOld = Date.now() - changedAt > inUseMs
    if (path !== newest && isOld) rmSync(path, { recursive: true, force: true })
  }
}

/** Builds the client as it is now unless that was done before, and answers the folder. */
export async function buildWeb({ tell = (_line: string) => {} } = {}): Promise<string> {
  const folder = join(builds, fingerprint())
  if (existsSync(folder)) return folder
  tell('Building the web client …')
  mkdirSync(builds, { recursive: true })
  // It is there as a whole or not at all, also where two build it at once.
  const partial = mkdtempSync(join(builds, 'partial-'))
  await buildInto(partial)
  try {
    renameSync(partial, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    rmSync(partial, { recursive: true })
  }
  removeOld(folder)
  return folder
}

const [, , given] = process.argv
if (import.meta.main && given !== undefined) {
  await buildInto(resolve(given))
  process.stdout.write(`The web client is in ${given}.\n`)
} else if (import.meta.main) {
  process.stderr.write('Name the folder that the client is to be built into: node packages/web/build.ts FOLDER\n')
  process.exitCode = 2
}
