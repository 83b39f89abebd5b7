import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a measured process tells of itself. Its private memory is what no other process of the same program shares. */
export type Usage = { cpuUs: number; rssBytes: number; privateBytes: number | undefined; heapBytes: number }

/** Only Linux tells it. */
function readPrivateBytes(): number | undefined {
  if (process.platform !== 'linux') return undefined
  const [, kib] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return kib === undefined ? undefined : Number(kib) * 1_024
}

/** Leaves in the heap only what is alive. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** Tells the bench that this process is ready, on request what it has used, and ends with the bench. */
export function reportReady(port?: number): void {
  process.on('message', (asked) => {
    if (asked === 'collected usage') collectGarbage()
    const { user, system } = process.cpuUsage()
    const usage: Usage = {
      cpuUs: user + system,
      rssBytes: process.memoryUsage.rss(),
      privateBytes: readPrivateBytes(),
      heapBytes: process.memoryUsage().heapUsed,
    }
    process.send?.(usage)
  })
  process.on('disconnect', () => process.exit())
  process.send?.({ port })
}

/** Serves on a free port. */
export function serve(listener: RequestListener): void {
  const server = createServer({ keepAliveTimeout: 72_000 }, listener)
  server.listen(0, '127.0.0.1', () => reportReady((server.address() as AddressInfo).port))
}
