// `npm run generate`: writes every file that comes from code, and says which of them changed.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generatedFiles, listStaleFiles, root } from './generated-files.ts'

const stale = await listStaleFiles()
for (const path of stale) {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), generatedFiles[path] ?? '')
}
const all = Object.keys(generatedFiles)
for (const path of all) console.log(`${stale.includes(path) ? 'written  ' : 'unchanged'} ${path}`)
