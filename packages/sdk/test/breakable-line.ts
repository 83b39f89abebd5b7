import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

type Cleanup = { after: (work: () => unknown) => void }

/** A line to the system that the test can break: it cuts what is open, and while it is down nothing gets through. */
export async function startBreakableLine(t: Cleanup, target: string) {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let isDown = false
  const server = createServer((near) => {
    if (isDown) return void near.destroy()
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const setDown = (next: boolean) => {
    isDown = next
    for (const socket of open) socket.destroy()
  }
  t.after(() => {
    setDown(true)
    server.close()
  })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, setDown }
}
