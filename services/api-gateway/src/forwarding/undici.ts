import { createRequire } from 'node:module'
import type { Dispatcher, Pool } from 'undici'

const require = createRequire(import.meta.url)
const request: Dispatcher['request'] = require('undici/lib/api/api-request.js')

/** The part of undici that forwards. The whole of it also fetches, caches and mocks: 4 MB that nobody here uses. */
export const UpstreamPool: typeof Pool = require('undici/lib/dispatcher/pool.js')

/** Asks an upstream something for ourselves. */
export function ask(pool: Pool, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData<unknown>> {
  return request.call(pool, options)
}
