import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Service } from '@secureconnect/service'

const folder = join(import.meta.dirname, '../../sdk/examples/call')
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob:"

/** The page's program with all that it needs: a library that it uses is written for Node's way of finding modules. */
async function bundle(): Promise<string> {
  // Most who start the system never ask for the page.
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'page.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    write: false,
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

/** Serves the page by which two people try a call; only where the system is tried, never in production. */
export function mountCallPage(app: Service['app']): void {
  let program: Promise<string> | undefined
  const serve = (path: string, type: string, read: () => Promise<string>) =>
    app.get(path, async (_request, reply) =>
      reply
        .type(type)
        .header('content-security-policy', policy)
        .send(await read()),
    )
  serve('/try/call', 'text/html', () => readFile(join(folder, 'page.html'), 'utf8'))
  serve('/try/call/page.css', 'text/css', () => readFile(join(folder, 'page.css'), 'utf8'))
  serve('/try/call/page.js', 'text/javascript', () => {
    program ??= bundle()
    return program
  })
}
