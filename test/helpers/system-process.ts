// The whole system in a process of its own, which a test can kill: `node system-process.ts OPTIONS`, in JSON.
import { startEmbeddedSystem } from '@secureconnect/dev-env'

const [, , options = ''] = process.argv
await startEmbeddedSystem(JSON.parse(options))
process.send?.('started')
process.once('disconnect', () => process.exit())
