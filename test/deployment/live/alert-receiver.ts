import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'

/** The same each time, so that an installation which was told of it finds it again. */
const port = 9099

type Notification = { receiver: string; status: string; alerts: { status: string; labels: Record<string, string> }[] }

/** An address of this machine that containers reach as well. */
function findAddress(): string {
  const all = Object.values(networkInterfaces()).flat()
  const outside = all.find((one) => one && !one.internal && one.family === 'IPv4')
  if (!outside)
    throw new Error('This machine has no address but its own, so no container reaches a receiver of alerts here.')
  return outside.address
}

/** Who is told of alerts, where an installation names nobody; it writes down what it hears. */
export class AlertReceiver implements AsyncDisposable {
  static async open(): Promise<AlertReceiver> {
    const heard: string[] = []
    const server = createServer(async (request, response) => {
      const { receiver, alerts } = (await json(request)) as Notification
      const time = new Date().toISOString().slice(11, 19)
      for (const { status, labels } of alerts) {
        const { alertname, service, store, job } = labels
        heard.push([time, receiver, status, alertname, service ?? store ?? job ?? ''].join(' ').trim())
      }
      response.end()
    })
    const address = findAddress()
    await new Promise<void>((done) => server.listen(port, address, done))
    return new AlertReceiver(server, heard)
  }

  /** A line for each alert that it was told of, and for each that was told to be over. */
  readonly heard: readonly string[]
  readonly #server: ReturnType<typeof createServer>

  private constructor(server: ReturnType<typeof createServer>, heard: readonly string[]) {
    this.#server = server
    this.heard = heard
  }

  /** Names itself to an installation, unless that has receivers of its own. */
  offerTo(root: string): void {
    for (const severity of ['critical', 'warning']) {
      const path = join(root, 'secrets', `alert_${severity}_url`)
      if (!existsSync(path)) writeFileSync(path, `http://${findAddress()}:${port}/${severity}`, { mode: 0o600 })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }
}
