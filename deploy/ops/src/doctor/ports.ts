import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type Finding, failed, ok, skipped, warning } from '../checks/finding.ts'
import { readContainers } from '../docker/read-containers.ts'
import { type PublishedPort, readPublishedPorts } from '../docker/read-published-ports.ts'
import type { DoctorCheck } from './doctor-check.ts'

/** Whether nobody listens there: it is tried. Undefined where this user may not try. */
async function isFree({ address, port, protocol }: PublishedPort): Promise<boolean | undefined> {
  try {
    if (protocol === 'tcp') {
      const server = createServer().listen({ host: address, port, exclusive: true })
      await once(server, 'listening')
      server.close()
    } else {
      const socket = createSocket('udp4')
      const bound = once(socket, 'listening')
      socket.bind({ port, address, exclusive: true })
      await bound.finally(() => socket.close())
    }
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'EACCES' ? undefined : false
  }
}

function describeTaken(ports: readonly PublishedPort[]): Finding[] {
  return ports
    .slice(0, 10)
    .map(({ service, port, protocol }) =>
      failed(
        `port ${port}/${protocol}`,
        `taken by another program, and ${service} needs it`,
        `Find it and stop it: ss -lnp${protocol === 'tcp' ? 't' : 'u'} 'sport = :${port}'`,
      ),
    )
}

export const ports: DoctorCheck = {
  name: 'ports',
  run: async ({ root }) => {
    const [published, containers] = await Promise.all([readPublishedPorts(root), readContainers(root)])
    const isRunning = new Set(containers.filter(({ status }) => status === 'running').map(({ service }) => service))
    const others = published.filter(({ service }) => !isRunning.has(service))
    if (others.length === 0) return [ok('ports', `all ${published.length} are in use by SecureConnect`)]
    const tried: { port: PublishedPort; free: boolean | undefined }[] = []
    for (const port of others) tried.push({ port, free: await isFree(port) })
    const taken = tried.filter(({ free }) => free === false).map(({ port }) => port)
    if (taken.length > 0) return describeTaken(taken)
    const unknown = tried.filter(({ free }) => free === undefined)
    if (unknown.length === tried.length) return [skipped('ports', 'this user may not try them: run as root')]
    if (unknown.length > 0) return [warning('ports', `${unknown.length} could not be tried`, 'Run ops doctor as root.')]
    return [ok('ports', `${others.length} of ${published.length} are free, SecureConnect has the others`)]
  },
}
