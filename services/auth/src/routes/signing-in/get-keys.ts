import { createHash } from 'node:crypto'
import { accounts, type KeySet } from '@secureconnect/protocol'
import { type Route, route } from '@secureconnect/service'
import type { Context } from '../../context.ts'

const cacheSeconds = 300

/** The keys come from memory: verifiers elsewhere must reach them even while SQL is away. */
function serveKeys(operation: typeof accounts.keys | typeof accounts.wellKnownKeys): Route<Pick<Context, 'config'>> {
  return route(operation, ({ config }: Pick<Context, 'config'>) => {
    const keySet: KeySet = { keys: [...config.jwtSigningKeys.published] }
    const etag = `"${createHash('sha256').update(JSON.stringify(keySet)).digest('base64url').slice(0, 22)}"`
    return async ({ request, reply }) => {
      reply.header('cache-control', `public, max-age=${cacheSeconds}`).header('etag', etag)
      if (request.headers['if-none-match'] === etag) reply.code(304)
      return keySet
    }
  })
}

export const getKeys = serveKeys(accounts.keys)
export const getWellKnownKeys = serveKeys(accounts.wellKnownKeys)
