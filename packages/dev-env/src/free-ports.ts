import { createServer } from 'node:net'

/** Whether a port of this machine can be listened on. */
function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer()
    server.once('error', () => answer(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => answer(true)))
  })
}

/** Refuses with one sentence when a port that is about to be used is taken. */
export async function assertPortsFree(first: number, count: number): Promise<void> {
  for (let port = first; port < first + count; port += 1) {
    if (await isFree(port)) continue
    const other = first >= 60_000 ? 18_080 : first + 1_000
    throw new Error(`Port ${port} is in use: stop what uses it, or choose others with --port-base ${other}.`)
  }
}
