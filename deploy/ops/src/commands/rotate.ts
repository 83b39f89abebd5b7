import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, Surroundings } from '../command.ts'
import { listReaders } from '../consumers.ts'
import { listServices } from '../docker/list-services.ts'
import { readContainers } from '../docker/read-containers.ts'
import { compose, showDocker } from '../docker/run-docker.ts'
import { waitUntilWell } from '../docker/wait-until-well.ts'
import { Fault, UsageFault } from '../fault.ts'
import { packInstallation } from '../installation/pack-installation.ts'
import { lockInstallation } from '../lock.ts'
import { takeNextStep } from '../rotation/signing-keys.ts'
import { tellCassandra } from '../rotation/tell-cassandra.ts'
import { tellGrafana } from '../rotation/tell-grafana.ts'
import { tellPostgres } from '../rotation/tell-postgres.ts'
import { masterMode } from '../secrets/ensure-secrets.ts'
import { handOutSecrets } from '../secrets/hand-out-secrets.ts'
import { secretKinds } from '../secrets/secret-kinds.ts'
import { writeWhole } from '../write-whole.ts'

/** What can be given another value, and what people notice of it. */
const effects: Readonly<Record<string, string>> = {
  db_password: 'the services and the database exporter start anew',
  cassandra_password: 'Cassandra and chat-service start anew; older pages are away for that long',
  redis_password: 'Redis and the services start anew',
  minio_access_key: 'the object store, storage-service and video-service start anew; signed URLs end',
  minio_secret_key: 'the object store, storage-service and video-service start anew; signed URLs end',
  turn_secret: 'coturn and video-service start anew; calls by the relay connect again',
  jwt_secret: 'the services start anew; whoever is in a call joins it again, devices count as new',
  grafana_admin_password: 'whoever is signed in at Grafana signs in again',
  jwt_signing_keys: 'three runs, 10 and 20 minutes apart, each of which starts auth-service anew; nobody is signed out',
}

/** Where the store has to be told before anybody comes with the new value. */
const tellers: Readonly<Record<string, (root: string, values: { old: string; next: string }) => Promise<void>>> = {
  db_password: tellPostgres,
  cassandra_password: tellCassandra,
  grafana_admin_password: tellGrafana,
}

/** The store on this server that finds a new value in its own copy; one that is elsewhere would never hear of it. */
const stores: Readonly<Record<string, string>> = {
  redis_password: 'redis',
  minio_access_key: 'object-store',
  minio_secret_key: 'object-store',
}

export const rotatable: readonly string[] = Object.keys(effects)

function assertRotatable(names: readonly string[]): void {
  const known = `It can rotate ${rotatable.join(', ')}.`
  if (names.length === 0) throw new UsageFault('rotate takes the names of secrets.', known)
  for (const name of names) {
    if (name in effects) continue
    if (!(name in secretKinds)) throw new UsageFault(`There is no secret "${name}".`, known)
    throw new UsageFault(`${name} cannot be rotated by this command: ./ops rotate --help says why.`, known)
  }
}

function assertStoreIsHere(names: readonly string[], services: readonly string[]): void {
  for (const name of names) {
    const store = stores[name]
    if (store === undefined || services.includes(store)) continue
    throw new Fault(
      `The store that ${name} opens is not on this server, and would not hear of a new value.`,
      `Change it there, put the new one into secrets/${name}, then run ./ops init and ./ops up.`,
    )
  }
}

/** Starts everybody anew who reads one of the secrets and runs. */
async function restartReaders(names: readonly string[], { root, output, signal }: Surroundings): Promise<void> {
  const readers = names.flatMap(listReaders)
  const running = (await readContainers(root)).filter(({ status, isJob }) => status === 'running' && !isJob)
  const restarted = running.map(({ service }) => service).filter((service) => readers.includes(service))
  if (restarted.length === 0) return output.tell('Nobody who reads that runs: it counts from the next start on.')
  output.tell(`Starting anew: ${restarted.join(', ')} …`)
  await showDocker(compose('restart', ...restarted), { root, signal })
  await waitUntilWell(root, { output, signal })
}

type Paths = { master: string; next: string }

/** The new value waits beside the old one until the store knows it, so that no run that is cut short loses it. */
async function prepareNext(name: string, { root, master, next }: Paths & { root: string }): Promise<string> {
  if (name === 'jwt_signing_keys') {
    const { content, told } = await takeNextStep(master)
    writeWhole(next, content, { mode: masterMode })
    return told
  }
  const make = secretKinds[name]?.make
  if (make !== undefined && !existsSync(next)) writeWhole(next, await make(), { mode: masterMode })
  const read = (path: string) => readFileSync(path, 'utf8').trim()
  await tellers[name]?.(root, { old: read(master), next: read(next) })
  return `${name} has a new value, and the old one counts no more.`
}

export const rotate: Command = {
  name: 'rotate',
  summary: 'gives secrets new values, everywhere',
  help: `Makes new values, gives each to the store that knows the old one and to everybody who reads it, starts those anew, once for all
that are named, and waits until they are healthy. Run it as root; run it again where it was cut short.

  ./ops rotate redis_password
  ./ops rotate db_password cassandra_password

${Object.entries(effects)
  .map(([name, effect]) => `  ${name.padEnd(22)} ${effect}`)
  .join('\n')}

refresh_key and password_pepper cannot be rotated: what they made would be lost, authenticator apps with the one and every
password with the other. backup_key is needed as long as backups of its time are kept. Secrets that others give you,
cassandra_user, which is no secret, and jwt_signing_keys of your own, you replace in secrets/; then run ./ops init and ./ops up.`,
  options: {},
  run: async ({ words }, surroundings) => {
    const { root, output } = surroundings
    assertRotatable(words)
    if (process.getuid?.() !== 0)
      throw new Fault('Only root may change secrets.', `Run sudo ./ops rotate ${words.join(' ')}.`)
    using _lock = lockInstallation(root)
    const secrets = join(root, 'secrets')
    for (const name of words)
      if (!existsSync(join(secrets, name))) throw new Fault(`There is no secrets/${name} yet.`, 'Run ./ops init first.')
    assertStoreIsHere(words, await listServices(root))
    const told = new Map<string, string>()
    try {
      for (const name of words) {
        const paths = { master: join(secrets, name), next: join(secrets, `.${name}.next`) }
        told.set(name, await prepareNext(name, { root, ...paths }))
        renameSync(paths.next, paths.master)
        handOutSecrets(secrets)
      }
    } finally {
      packInstallation(root)
      // Also where one of them fails: what the stores know by then, their readers have to know.
      if (told.size > 0) await restartReaders([...told.keys()], surroundings)
    }
    for (const line of told.values()) output.print(line)
    return 0
  },
}
