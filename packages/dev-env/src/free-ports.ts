import { once } from 'node:events'
import { createServer } from 'node:net'
import { hasCode } from './has-code.ts'

/** Listens on a port for a moment; throws what would keep a service from it. */
async function tryPort(port: number): Promise<void> {
  const server = createServer().listen({ host: '127.0.0.1', port, exclusive: true })
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}

/** Refuses with one sentence when a port that is about to be used cannot be. */
export async function assertPortsFree(first: number, count: number): Promise<void> {
  for (let port = first; port < first + count; port += 1) {
    try {
      await tryPort(port)
    } catch (error) {
      const other = first < 1_024 || first >= 60_000 ? 18_080 : first + 1_000
      const wayOut = `choose others with --port-base, as in npm start -- --port-base ${other}.`
      if (hasCode(error, 'EADDRINUSE')) throw new Error(`Port ${port} is in use: stop what uses it, or ${wayOut}`)
      if (hasCode(error, 'EACCES')) throw new Error(`Port ${port} is not for everybody on this machine: ${wayOut}`)
      throw error
    }
  }
}
