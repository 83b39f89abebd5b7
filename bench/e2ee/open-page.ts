import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { until } from '@secureconnect/test/helpers'
import { browser, type Page } from '@secureconnect/test/stack'
import { build } from 'esbuild'

/** A page in a browser of this run's own, with what is measured in it. */
export async function openPage(t: { after(work: () => Promise<void>): void }): Promise<Page> {
  const entryPoints = [join(import.meta.dirname, 'page.ts')]
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'esm', target: 'es2024', write: false })
  const server = createServer(({ url }, response) => {
    response.setHeader('content-type', url === '/page.js' ? 'text/javascript' : 'text/html')
    response.end(
      url === '/page.js' ? outputFiles[0]?.text : '<!doctype html><script type="module" src="/page.js"></script>',
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(async () => {
    server.closeAllConnections()
    server.close()
  })
  const place = server.address()
  if (place === null || typeof place === 'string') throw new Error('A TCP server has a port')
  const page = await (await browser(t)).open(`http://localhost:${place.port}/`)
  await until('the page', async () => (await page.run('return typeof measureFrames')) === 'function')
  return page
}
