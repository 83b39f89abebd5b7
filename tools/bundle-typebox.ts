import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'

const folder = join(import.meta.dirname, '../packages/typebox')

/** The one file that stands for typebox's hundreds, with the licence it came under. */
export function bundleTypebox(): string {
  const licence = readFileSync(join(folder, 'node_modules/typebox-modules/license'), 'utf8').trim()
  const { outputFiles } = buildSync({
    entryPoints: [join(folder, 'src/index.ts')],
    banner: {
      js: `/*\nWritten by npm run generate from the package typebox, whose licence is this:\n\n${licence}\n*/`,
    },
    absWorkingDir: join(folder, '../..'),
    bundle: true,
    format: 'esm',
    target: 'esnext',
    tsconfigRaw: {},
    write: false,
  })
  return outputFiles.map(({ text }) => text).join('')
}
