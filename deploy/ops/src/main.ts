import { join } from 'node:path'
import { alertTest } from './commands/alert-test.ts'
import { audit } from './commands/audit.ts'
import { backup } from './commands/backup.ts'
import { certificate } from './commands/certificate.ts'
import { doctor } from './commands/doctor.ts'
import { drift } from './commands/drift.ts'
import { init } from './commands/init.ts'
import { pin } from './commands/pin.ts'
import { restore } from './commands/restore.ts'
import { restoreDrill } from './commands/restore-drill.ts'
import { rotate } from './commands/rotate.ts'
import { status } from './commands/status.ts'
import { supportBundle } from './commands/support-bundle.ts'
import { up } from './commands/up.ts'
import { upgrade } from './commands/upgrade.ts'
import { verify } from './commands/verify.ts'
import { runTool } from './run-tool.ts'

const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interruption.abort())

process.exitCode = await runTool(process.argv.slice(2), {
  commands: [
    init,
    doctor,
    up,
    status,
    verify,
    drift,
    upgrade,
    pin,
    rotate,
    certificate,
    alertTest,
    audit,
    backup,
    restore,
    restoreDrill,
    supportBundle,
  ],
  root: join(import.meta.dirname, '../../..'),
  output: {
    print: (line) => process.stdout.write(`${line}\n`),
    tell: (line) => process.stderr.write(`${line}\n`),
  },
  signal: interruption.signal,
})
