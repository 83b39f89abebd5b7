import { once } from 'node:events'
import { request } from 'node:https'
import { buffer } from 'node:stream/consumers'

type Transfer = { ca: string; method: 'GET' | 'PUT'; headers?: Readonly<Record<string, string>>; bytes?: Buffer }

/** Brings bytes to or from a signed URL of the stack on this machine, whose name no DNS may know. */
export async function transfer(url: string, { ca, method, headers = {}, bytes }: Transfer): Promise<Buffer> {
  const { hostname, pathname, search } = new URL(url)
  const asked = request({
    host: '127.0.0.1',
    servername: hostname,
    path: `${pathname}${search}`,
    method,
    ca,
    headers: { ...headers, host: hostname, ...(bytes && { 'content-length': bytes.length }) },
  })
  asked.end(bytes)
  const [answer] = await once(asked, 'response')
  const said = await buffer(answer)
  if (answer.statusCode !== 200) throw new Error(`${method} answered ${answer.statusCode}: ${said}`)
  return said
}
