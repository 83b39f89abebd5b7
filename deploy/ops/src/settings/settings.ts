import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { findSocket } from '../docker/find-socket.ts'
import { composeFiles } from '../docker/run-docker.ts'

/** One entry of .env that the operator decides on. */
export type Question = {
  /** How the command line says it, and what .env calls it. */
  flag: string
  name: string
  text: string
  /** Taken where nothing is said; without it, init asks. */
  usual?: (known: ReadonlyMap<string, string>) => string | undefined
  /** What is wrong with an answer. */
  findFault: (value: string) => string | undefined
}

const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/

const mustBeHostName = (value: string) =>
  hostName.test(value) ? undefined : 'must be a host name in small letters, such as chat.example.org'

const mustBeOneOf = (values: readonly string[]) => (value: string) =>
  values.includes(value) ? undefined : `must be ${values.join(' or ')}`

export const questions: readonly Question[] = [
  {
    flag: 'domain',
    name: 'DOMAIN',
    text: 'The name that people open the product by',
    findFault: mustBeHostName,
  },
  {
    flag: 'files-domain',
    name: 'FILES_DOMAIN',
    text: 'The name that files are fetched from',
    usual: (known) => `files.${known.get('DOMAIN')}`,
    findFault: mustBeHostName,
  },
  {
    flag: 'public-ip',
    name: 'PUBLIC_IP',
    text: 'The address of this server on the Internet, to which media and relays go',
    findFault: (value) => (isIP(value) === 0 ? 'must be an IP address, such as 203.0.113.7' : undefined),
  },
  {
    flag: 'smtp-host',
    name: 'SMTP_HOST',
    text: 'The server that takes mails',
    findFault: (value) => (/^[\w.-]+$/.test(value) ? undefined : 'must be a host name or an address'),
  },
  {
    flag: 'smtp-port',
    name: 'SMTP_PORT',
    text: 'Its port',
    usual: () => '587',
    findFault: (value) =>
      /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535
        ? undefined
        : 'must be a whole number from 1 to 65535',
  },
  {
    flag: 'smtp-security',
    name: 'SMTP_SECURITY',
    text: 'How the connection to it is encrypted',
    usual: (known) => (known.get('SMTP_PORT') === '465' ? 'tls' : 'starttls'),
    findFault: mustBeOneOf(['starttls', 'tls']),
  },
  {
    flag: 'mail-from',
    name: 'MAIL_FROM',
    text: 'Whom mails come from',
    usual: (known) => `SecureConnect <no-reply@${known.get('DOMAIN')}>`,
    findFault: (value) =>
      /^[^"$\\\n]*@[^"$\\\n]+$/.test(value) ? undefined : 'must be an address, such as a@example.org',
  },
  {
    flag: 'profiles',
    name: 'COMPOSE_PROFILES',
    text: 'What runs beside the core: postgres or cockroach, and of tracing and scan what you want',
    usual: () => 'postgres,tracing',
    findFault: (value) =>
      /^(postgres|cockroach)(,(tracing|scan))*$/.test(value)
        ? undefined
        : 'must be postgres or cockroach, then any of ",tracing" and ",scan"',
  },
]

const mediaPortBase = 40_000

/** What follows from the machine and from what was decided; it stands in .env so that the operator may say otherwise. */
export function describeMachine(decided: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const workers = Math.max(1, Math.floor(availableParallelism() / 2))
  const machine = new Map([
    // With deploy/compose.scale.yml behind a colon, and so on: docker and ./ops read it here.
    ['COMPOSE_FILE', composeFiles],
    ['MEDIA_WORKERS', String(workers)],
    ['MEDIA_PORT_BASE', String(mediaPortBase)],
    ['MEDIA_PORTS', `${mediaPortBase}-${mediaPortBase + workers - 1}`],
  ])
  const socket = findSocket()
  if (socket !== undefined) machine.set('DOCKER_SOCKET', socket.path).set('DOCKER_GID', String(socket.gid))
  const usesCockroach = decided.get('COMPOSE_PROFILES')?.startsWith('cockroach') === true
  if (!usesCockroach) return machine
  return new Map([...machine, ['SQL_ENGINE', 'cockroach'], ['DB_HOST', 'cockroach'], ['DB_PORT', '26257']])
}
