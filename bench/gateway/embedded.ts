import { startEmbeddedSystem } from '@secureconnect/dev-env'
import { reportReady } from '../shared/child.ts'

// All five services in this process, as `npm start` runs them.
const [, , folder = ''] = process.argv
await startEmbeddedSystem({ folder, portBase: 0, revision: 'bench' })
reportReady()
