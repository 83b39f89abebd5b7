import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Address } from '../address.ts'
import type { Certificate } from '../certificate.ts'
import { freePort } from '../free-port.ts'
import { findOrInstall } from '../install.ts'
import type { Place, Recipe } from '../server.ts'

export const realm = 'secureconnect.test'

const template = join(import.meta.dirname, '../../../configs/coturn/turnserver.conf.template')

/** The configuration that operators get, for a media server on the loopback address. */
async function readShipped({ address: { host, password } }: Place): Promise<string> {
  const values: Readonly<Record<string, string>> = {
    TURN_SECRET: password,
    TURN_REALM: realm,
    TURN_EXTERNAL_IP: host,
    MEDIA_ANNOUNCED_ADDRESS: host,
  }
  return (await readFile(template, 'utf8')).replaceAll(/^(.*)\$\{(\w+)\}$/gm, (_, before, name) => {
    const value = values[name]
    if (value === undefined) throw new Error(`${template} wants ${name}`)
    return `${before}${value}`
  })
}

const hasIPv6 = Object.values(networkInterfaces()).some((known) => known?.some(({ address }) => address === '::1'))

/** What is otherwise where many servers share a machine. The last word on a setting counts. */
async function listOwn({ folder, address: { host, port } }: Place, certificate?: Certificate): Promise<string[]> {
  return [
    `listening-ip=${host}`,
    `relay-ip=${host}`,
    ...(hasIPv6 ? ['relay-ip=::1'] : []),
    // TLS is known by its first byte, on whichever port it comes.
    `listening-port=${port}`,
    `tls-listening-port=${await freePort()}`,
    'allow-loopback-peers',
    `userdb=${join(folder, 'turndb')}`,
    `pidfile=${join(folder, 'turnserver.pid')}`,
    ...(certificate ? [`cert=${certificate.certificate}`, `pkey=${certificate.key}`] : []),
  ]
}

async function connectTo({ host, port }: Address): Promise<void> {
  const socket = connect(port, host)
  await once(socket, 'connect')
  socket.destroy()
}

/** Asks by a datagram for one's own address; an answer of any kind will do. */
async function bind({ host, port }: Address): Promise<void> {
  const socket = createSocket('udp4')
  try {
    socket.connect(port, host)
    await once(socket, 'connect')
    socket.send(Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)]))
    await once(socket, 'message', { signal: AbortSignal.timeout(500) })
  } finally {
    socket.close()
  }
}

/** A TURN server whose password is the secret that temporary credentials are signed with. */
export function createCoturn(certificate?: Certificate): Recipe {
  return {
    name: 'coturn',

    async prepare(place) {
      const file = await findOrInstall({ name: 'turnserver', package: 'coturn', variable: 'TEST_TURN_URL' })
      const config = join(place.folder, 'turnserver.conf')
      const lines = [await readShipped(place), ...(await listOwn(place, certificate))]
      await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o600 })
      return { file, args: ['-c', config] }
    },

    // It listens to streams first and to datagrams a moment later.
    async ping(address: Address) {
      await connectTo(address)
      await bind(address)
    },
  }
}

export const coturn = createCoturn()
