import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Finding, failed, ok, skipped } from '../checks/finding.ts'
import { ask } from './ask.ts'
import type { VerifyCheck } from './verify-check.ts'

const timeoutMs = 20_000

/** What a program in a container says to a stranger; undefined where there is no such container. */
async function runIn(root: string, container: string, command: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)('docker', ['exec', container, ...command], {
      cwd: root,
      timeout: timeoutMs,
    })
    return `${stdout}${stderr}`
  } catch (error) {
    const told =
      error instanceof Error && 'stderr' in error && 'stdout' in error ? `${error.stdout}${error.stderr}` : ''
    return /no such container|is not running/i.test(told) ? undefined : told
  }
}

type Stranger = { what: string; container: string; command: readonly string[]; refused: RegExp }

const cqlsh = ['cqlsh', 'localhost', '-u', 'cassandra', '-p', 'cassandra', '-e', 'describe cluster']

const strangers: readonly Stranger[] = [
  {
    what: 'redis without a password',
    container: 'secureconnect_redis',
    command: ['valkey-cli', '--tls', '--cacert', '/run/secrets/tls_ca.pem', 'ping'],
    refused: /NOAUTH|NOPERM/,
  },
  {
    what: 'redis in the clear',
    container: 'secureconnect_redis',
    command: ['valkey-cli', 'ping'],
    refused: /connection (reset|closed)|server closed|could not connect|I\/O error|^Error/im,
  },
  {
    what: 'postgres with a default password',
    container: 'secureconnect_postgres',
    command: ['psql', 'postgresql://secureconnect:postgres@127.0.0.1/secureconnect?sslmode=require', '-c', 'select 1'],
    refused: /password authentication failed/,
  },
  {
    what: 'postgres in the clear',
    container: 'secureconnect_postgres',
    command: ['psql', 'postgresql://secureconnect:postgres@127.0.0.1/secureconnect?sslmode=disable', '-c', 'select 1'],
    refused: /no pg_hba.conf entry|no encryption/,
  },
  {
    what: 'cassandra with its default login',
    container: 'secureconnect_cassandra',
    command: ['env', 'HOME=/tmp', 'SSL_CERTFILE=/run/secrets/tls_ca.pem', ...cqlsh, '--ssl'],
    refused: /Bad credentials/,
  },
  {
    what: 'cassandra in the clear',
    container: 'secureconnect_cassandra',
    command: ['env', 'HOME=/tmp', ...cqlsh],
    refused: /Connection reset|ConnectionShutdown/,
  },
]

async function judge(root: string, { what, container, command, refused }: Stranger): Promise<Finding> {
  const told = await runIn(root, container, command)
  if (told === undefined) return skipped(what, `there is no container ${container}`)
  if (refused.test(told)) return ok(what, 'refused')
  return failed(
    what,
    `was not refused: ${told.trim().slice(0, 160)}`,
    `See configs/${container.replace('secureconnect_', '')}.`,
  )
}

async function judgeGrafana(): Promise<Finding> {
  const what = 'grafana with admin:admin'
  const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`
  try {
    const { status } = await ask('http://127.0.0.1:3000/api/org', { headers: { authorization } })
    return status === 401 ? ok(what, 'refused') : failed(what, `answers ${status}`, 'Run ./ops init and ./ops up.')
  } catch (error) {
    return failed(what, error instanceof Error ? error.message : String(error), './ops status')
  }
}

export const defaults: VerifyCheck = {
  name: 'default logins',
  run: async ({ root }) => [
    ...(await Promise.all(strangers.map((stranger) => judge(root, stranger)))),
    await judgeGrafana(),
  ],
}
