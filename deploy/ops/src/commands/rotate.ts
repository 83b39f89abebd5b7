import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, Surroundings } from '../command.ts'
import { listReaders } from '../consumers.ts'
import { readContainers } from '../docker/read-containers.ts'
import { compose, showDocker } from '../docker/run-docker.ts'
import { waitUntilWell } from '../docker/wait-until-well.ts'
import { Fault, UsageFault } from '../fault.ts'
import { lockInstallation } from '../lock.ts'
import { takeNextStep } from '../rotation/signing-keys.ts'
import { tellPostgres } from '../rotation/tell-postgres.ts'
import { masterMode } from '../secrets/ensure-secrets.ts'
import { handOutSecrets } from '../secrets/hand-out-secrets.ts'
import { secretKinds } from '../secrets/secret-kinds.ts'
import { writeWhole } from '../write-whole.ts'

/** What can be given another value, and what people notice of it. */
const effects: Readonly<Record<string, string>> = {
  db_password: 'the services and the database exporter start anew',
  redis_password: 'Redis and the services start anew',
  minio_access_key: 'the object store, storage-service and video-service start anew; signed URLs end',
  minio_secret_key: 'the object store, storage-service and video-service start anew; signed URLs end',
  turn_secret: 'coturn and video-service start anew; calls by the relay connect again',
  jwt_secret: 'the services start anew; whoever is in a call joins it again, devices count as new',
  jwt_signing_keys: 'three runs, 10 and 20 minutes apart, each of which starts auth-service anew; nobody is signed out',
}

function assertRotatable(name: string | undefined, others: readonly string[]): string {
  if (name !== undefined && others.length === 0 && name in effects) return name
  const known = `It can rotate ${Object.keys(effects).join(', ')}.`
  if (name === undefined || others.length > 0) throw new UsageFault('rotate takes the name of one secret.', known)
  if (!(name in secretKinds)) throw new UsageFault(`There is no secret "${name}".`, known)
  throw new UsageFault(`${name} cannot be rotated by this command: ./ops rotate --help says why.`, known)
}

/** Starts everybody anew who reads the secret and runs. */
async function restartReaders(name: string, { root, output, signal }: Surroundings): Promise<void> {
  const readers = listReaders(name)
  const running = (await readContainers(root)).filter(({ status, isJob }) => status === 'running' && !isJob)
  const restarted = running.map(({ service }) => service).filter((service) => readers.includes(service))
  if (restarted.length === 0) return output.tell('Nobody who reads it runs: it counts from the next start on.')
  output.tell(`Starting anew: ${restarted.join(', ')} …`)
  await showDocker(compose('restart', ...restarted), { root, signal })
  await waitUntilWell(root, { output, signal })
}

/** The new value waits beside the old one until the store knows it, so that no run that is cut short loses it. */
async function prepareNext(name: string, { root, next }: { root: string; next: string }): Promise<string> {
  if (name === 'jwt_signing_keys') {
    const { content, told } = await takeNextStep(join(root, 'secrets', name))
    writeWhole(next, content, { mode: masterMode })
    return told
  }
  const make = secretKinds[name]?.make
  if (make !== undefined && !existsSync(next)) writeWhole(next, await make(), { mode: masterMode })
  if (name === 'db_password') await tellPostgres(root, readFileSync(next, 'utf8'))
  return `${name} has a new value, and the old one counts no more.`
}

export const rotate: Command = {
  name: 'rotate',
  summary: 'gives a secret a new value, everywhere',
  help: `Makes a new value, gives it to the store that knows the old one and to everybody who reads it, starts those anew, and waits
until they are healthy. Run it as root; run it again where it was cut short.

  ./ops rotate redis_password

${Object.entries(effects)
  .map(([name, effect]) => `  ${name.padEnd(18)} ${effect}`)
  .join('\n')}

refresh_key and password_pepper cannot be rotated: what they made would be lost, authenticator apps with the one and every
password with the other. backup_key is needed as long as backups of its time are kept. cassandra_user, cassandra_password and
grafana_admin_password are known to their stores, which this command does not tell. Secrets that others give you, and
jwt_signing_keys of your own, you replace in secrets/; then run ./ops init and ./ops up.`,
  options: {},
  run: async ({ words }, surroundings) => {
    const { root, output } = surroundings
    const [given, ...others] = words
    const name = assertRotatable(given, others)
    if (process.getuid?.() !== 0) throw new Fault('Only root may change secrets.', `Run sudo ./ops rotate ${name}.`)
    using _lock = lockInstallation(root)
    const [master, next] = [join(root, 'secrets', name), join(root, 'secrets', `.${name}.next`)]
    if (!existsSync(master)) throw new Fault(`There is no secrets/${name} yet.`, 'Run ./ops init first.')
    await readContainers(root)
    const told = await prepareNext(name, { root, next })
    renameSync(next, master)
    handOutSecrets(join(root, 'secrets'))
    await restartReaders(name, surroundings)
    output.print(told)
    return 0
  },
}
