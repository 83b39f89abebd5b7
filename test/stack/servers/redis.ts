import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Address } from '../address.ts'
import { findOrInstall } from '../install.ts'
import type { Recipe } from '../server.ts'

/** Redis with one user who may do everything. The password is in a file, not among the arguments that `ps` shows. */
export const redis: Recipe = {
  name: 'redis',

  async prepare({ folder, address: { host, port, user, password } }) {
    const file = await findOrInstall({ name: 'redis-server', package: 'redis-server', variable: 'TEST_REDIS_URL' })
    const users = join(folder, 'users.acl')
    const config = join(folder, 'redis.conf')
    await writeFile(users, `user default off\nuser ${user} on >${password} ~* &* +@all\n`, { mode: 0o600 })
    await writeFile(config, `bind ${host}\nport ${port}\ndir ${folder}\naclfile ${users}\nsave ""\n`)
    return { file, args: [config] }
  },

  async ping({ host, port, user, password }: Address) {
    const socket = connect(port, host)
    socket.end(`AUTH ${user} ${password}\r\nPING\r\nQUIT\r\n`)
    const answer = await text(socket)
    if (!answer.includes('+PONG')) throw new Error(`Redis answered ${answer}`)
  },
}
