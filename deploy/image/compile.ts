// While an image is made: `node deploy/image/compile.ts MODULE` loads a service's sources, and what those load only when it
// is needed, so that what Node makes of them is in the image.
import { globSync, readFileSync } from 'node:fs'
import { createRequire, flushCompileCache } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const main = resolve(process.argv[2] ?? '')
/** Loaded only where there is no server of its kind, which an image always has. */
const embedded = /pglite|esbuild|open-pglite|serve-call-page/

await import(pathToFileURL(main).href)
for (const file of globSync(['packages/*/src/**/*.ts', `${dirname(main)}/**/*.ts`])) {
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/await import\('([^']+)'\)/g)) {
    if (embedded.test(name)) continue
    const target = name.startsWith('.') ? resolve(dirname(file), name) : find(file, name)
    // Not every service has every package's own packages.
    if (target !== undefined) await import(pathToFileURL(target).href).catch(() => {})
  }
}
flushCompileCache()
process.exit()

function find(file: string, name: string): string | undefined {
  try {
    return createRequire(resolve(file)).resolve(name)
  } catch {
    return undefined
  }
}
