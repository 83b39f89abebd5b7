import { ConfigError } from '@secureconnect/config'
import { SqlUnavailable } from '@secureconnect/sql'
import { BackupFault } from './fault.ts'

/** What went wrong, for whoever runs the system. */
export function describeFault(error: unknown): string {
  if (error instanceof BackupFault || error instanceof ConfigError) return error.message
  if (error instanceof SqlUnavailable)
    return 'The database does not answer, or refuses our login. ./ops status shows how it is.'
  const message = error instanceof Error ? error.message : String(error)
  return `It broke off: ${message}. Nothing of it counts; once that is mended, do it again.`
}
