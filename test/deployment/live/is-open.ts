import { connect } from 'node:net'

/** Whether somebody listens there, and lets one in within two seconds. */
export async function isOpen(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 2_000 })
  return await new Promise<boolean>((done) => {
    socket
      .once('connect', () => done(true))
      .once('error', () => done(false))
      .once('timeout', () => done(false))
  }).finally(() => socket.destroy())
}
