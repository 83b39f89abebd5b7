import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StoreAddress } from '@secureconnect/test/stack'

/** The store behind this has no room: it answers as the real one does on a full disk, and gives what it has. */
export async function fillUp(t: { after(work: () => unknown): void }, store: StoreAddress): Promise<StoreAddress> {
  const forward = (incoming: IncomingMessage, answer: ServerResponse) => {
    const { method, url, headers } = incoming
    if (method === 'PUT' && url?.includes('/health/')) {
      incoming.resume()
      answer.writeHead(507).end('<Error><Code>InsufficientStorage</Code></Error>')
      return
    }
    const onward = request({ host: store.host, port: store.port, method, path: url, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.headers)
      from.pipe(answer)
    })
    incoming.pipe(onward)
  }
  const server = createServer(forward).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  return { ...store, port }
}
