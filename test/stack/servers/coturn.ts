import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Address } from '../address.ts'
import { findOrInstall } from '../install.ts'
import type { Recipe } from '../server.ts'

export const realm = 'secureconnect.test'

/** A TURN server whose password is the secret that temporary credentials are signed with. */
export const coturn: Recipe = {
  name: 'coturn',

  async prepare({ folder, address: { host, port, password } }) {
    const file = await findOrInstall({ name: 'turnserver', package: 'coturn', variable: 'TEST_TURN_URL' })
    const config = join(folder, 'turnserver.conf')
    const lines = [
      `listening-ip=${host}`,
      `relay-ip=${host}`,
      `listening-port=${port}`,
      'use-auth-secret',
      `static-auth-secret=${password}`,
      `realm=${realm}`,
      'allow-loopback-peers',
      'no-tls',
      'no-dtls',
      'no-cli',
      'log-file=stdout',
      `userdb=${join(folder, 'turndb')}`,
      `pidfile=${join(folder, 'turnserver.pid')}`,
    ]
    await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o600 })
    return { file, args: ['-c', config] }
  },

  ping({ host, port }: Address) {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host, () => {
        socket.destroy()
        resolve()
      })
      socket.once('error', reject)
    })
  },
}
