import { setTimeout as delay } from 'node:timers/promises'
import type { ServiceName } from '@secureconnect/protocol'
import { readContainers } from '../docker/read-containers.ts'
import { compose, runDocker, showDocker } from '../docker/run-docker.ts'
import { Fault } from '../fault.ts'
import type { UpgradeSurroundings } from './upgrade-surroundings.ts'

/** Who is asked by others before those who ask them; what people reach comes last, and first on the way back. */
export const replacementOrder: readonly ServiceName[] = [
  'storage-service',
  'auth-service',
  'chat-service',
  'video-service',
  'api-gateway',
]

/** The sockets of chat run through both. */
const carriers: readonly ServiceName[] = ['chat-service', 'api-gateway']

const lookEveryMs = 500
const timeoutMs = 120_000
/** Who starts so often and does not stay will not stay. */
const hopelessRestarts = 3
const shownLines = '15'

async function waitUntilReached(
  service: ServiceName,
  revision: string,
  surroundings: UpgradeSurroundings,
): Promise<void> {
  const { root, output, signal, isReached } = surroundings
  const giveUpAt = Date.now() + timeoutMs
  for (;;) {
    const container = (await readContainers(root)).find((one) => one.service === service)
    const isHealthy = container?.health === 'healthy'
    if (isHealthy && (await isReached(service, revision).catch(() => false))) return
    const isHopeless = (container?.restarts ?? 0) >= hopelessRestarts
    if (isHopeless || Date.now() > giveUpAt) {
      const logs = compose('logs', '--no-color', '--tail', shownLines, service)
      output.tell(await runDocker(logs, { root }).catch(() => ''))
      const what = isHopeless ? 'ends as soon as it is started' : `does not serve within ${timeoutMs / 1_000} s`
      throw new Fault(`${service} of revision ${revision} ${what}.`, 'Its last lines stand above.')
    }
    await delay(lookEveryMs, undefined, { signal })
  }
}

/** Puts the revision of .env in the place of what runs: the old process drains, the new one is waited for. */
async function replaceService(
  service: ServiceName,
  revision: string,
  surroundings: UpgradeSurroundings,
): Promise<void> {
  const { root, signal, output } = surroundings
  output.tell(`      ${service} …`)
  await showDocker(compose('up', '--detach', '--no-deps', '--no-build', service), { root, signal })
  await waitUntilReached(service, revision, surroundings)
}

/** Replaces one service after the other; whoever lost his socket with one of them is back before it is taken from him again. */
export async function replaceServices(
  services: readonly ServiceName[],
  revision: string,
  surroundings: UpgradeSurroundings,
): Promise<void> {
  const { comeBackMs, signal, output } = surroundings
  const first = services.find((service) => carriers.includes(service))
  for (const service of services) {
    if (carriers.includes(service) && service !== first) {
      output.tell('      waiting for those who were sent away …')
      await delay(comeBackMs, undefined, { signal })
    }
    await replaceService(service, revision, surroundings)
  }
}
