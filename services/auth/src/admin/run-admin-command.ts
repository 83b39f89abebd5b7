import { createAudit } from '@secureconnect/audit'
import { createLogger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { version } from '@secureconnect/service'
import { isUnavailable, type Sql } from '@secureconnect/sql'
import { createEvents } from '../events/events.ts'
import { listAdmins } from '../stores/managed-users.ts'
import { setRole } from './set-role.ts'

const service = 'auth-service'

export type AdminCommandOptions = {
  /** What to type before the words of the command. */
  usage: string
  /** What to know besides. */
  advice: string
  open: () => Promise<{ sql: Sql; needsConfirmedAddress: boolean }>
}

function describeUsage({ usage, advice }: AdminCommandOptions): string {
  return `Says who is an administrator.

  ${usage} grant EMAIL     make the account of EMAIL an administrator
  ${usage} revoke EMAIL    make it an ordinary account again
  ${usage} list            show the administrators

A change counts from the next request on: nobody has to sign in again. ${advice}`
}

async function listNames(sql: Sql): Promise<string> {
  const admins = await listAdmins(sql)
  if (admins.length === 0) return 'There is no administrator yet: make one with grant EMAIL.'
  return admins.map(({ email, username }) => `${email} (username ${username})`).join('\n')
}

/** What is wrong with the words, where they are no command. */
function findFault([verb, ...rest]: readonly string[]): string | undefined {
  if (verb === 'list') return rest.length === 0 ? undefined : 'list takes nothing more.'
  if (verb === 'grant' || verb === 'revoke') return rest.length === 1 ? undefined : `${verb} takes one EMAIL.`
  return verb === undefined ? 'What is to be done?' : `There is no command ${verb}.`
}

async function carryOut(words: readonly string[], options: AdminCommandOptions): Promise<string> {
  const [verb = '', email = ''] = words
  if (['help', '--help', '-h'].includes(verb)) return describeUsage(options)
  const fault = findFault(words)
  if (fault !== undefined) throw new Error(`${fault}\n\n${describeUsage(options)}`)
  const { needsConfirmedAddress, ...opened } = await options.open()
  await using sql = opened.sql
  if (verb === 'list') return await listNames(sql)
  // Its lines would stand between what the person wants to read; the record itself is stored.
  const log = createLogger({ service, revision: 'unknown', level: 'silent' })
  const metrics = createMetrics({ service, version, revision: 'unknown' })
  await using audit = createAudit({ service, sql, log, metrics })
  const events = createEvents({ log, metrics, audit })
  return await setRole({ sql, events, needsConfirmedAddress }, email, verb === 'grant' ? 'admin' : 'user')
}

function describeFailure(error: unknown): string {
  if (isUnavailable(error)) return 'The database does not answer: try again when it runs.'
  return error instanceof Error ? error.message : String(error)
}

/** Carries out the `admin` command and says what came of it; returns the exit code: 0 when it is done, else 1. */
export async function runAdminCommand(words: readonly string[], options: AdminCommandOptions): Promise<number> {
  try {
    process.stdout.write(`${await carryOut(words, options)}\n`)
    return 0
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`)
    return 1
  }
}
