import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Address } from '../address.ts'
import { findOrInstall } from '../install.ts'
import type { Recipe } from '../server.ts'

/** What one command answers. */
export async function askRedis({ host, port, user, password }: Address, command: string): Promise<string> {
  const socket = connect(port, host)
  socket.end(`AUTH ${user} ${password}\r\n${command}\r\nQUIT\r\n`)
  return text(socket)
}

/** Redis with one user who may do everything. The password is in a file, not among the arguments that `ps` shows. */
function createRecipe(more: readonly string[] = []): Recipe {
  return {
    name: 'redis',

    async prepare({ folder, address: { host, port, user, password } }) {
      const file = await findOrInstall({ name: 'redis-server', package: 'redis-server', variable: 'TEST_REDIS_URL' })
      const users = join(folder, 'users.acl')
      const config = join(folder, 'redis.conf')
      await writeFile(users, `user default off\nuser ${user} on >${password} ~* &* +@all\n`, { mode: 0o600 })
      const lines = [`bind ${host}`, `port ${port}`, `dir ${folder}`, `aclfile ${users}`, 'save ""', ...more]
      await writeFile(config, `${lines.join('\n')}\n`)
      return { file, args: [config] }
    },

    async ping(address: Address) {
      const answer = await askRedis(address, 'PING')
      if (!answer.includes('+PONG')) throw new Error(`Redis answered ${answer}`)
    },
  }
}

export const redis = createRecipe()

/** A node of a cluster, all of which have one login; the others find it at its `busPort`. */
export function redisNode(login: NonNullable<Recipe['login']>, busPort: number): Recipe {
  return { ...createRecipe(['cluster-enabled yes', `cluster-port ${busPort}`]), login }
}
