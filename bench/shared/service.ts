import { join } from 'node:path'
import { reportReady } from './child.ts'

// A service as it is shipped; its `index.ts` is through when it listens.
const [, , folder = ''] = process.argv
await import(join(import.meta.dirname, '../../services', folder, 'index.ts'))
reportReady()
