import { readModel } from './read-model.ts'

export type PublishedPort = { service: string; address: string; port: number; protocol: 'tcp' | 'udp' }

/** What the compose file publishes on this machine, with the settings of .env. */
export async function readPublishedPorts(root: string): Promise<PublishedPort[]> {
  const { services } = await readModel(root)
  return Object.entries(services).flatMap(([service, { ports = [] }]) =>
    ports.flatMap(({ published, protocol, host_ip: address = '0.0.0.0' }) =>
      published === undefined ? [] : [{ service, address, port: Number(published), protocol }],
    ),
  )
}
