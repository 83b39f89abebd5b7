import type { Cleanup } from './cleanup.ts'
import { givenUrl } from './config.ts'
import { startFor } from './own-servers.ts'
import { chromium } from './servers/chromium.ts'

export type Browser = { open: (url: string) => Promise<void> }

/** A browser for one test, with an empty profile; or the one whose debugging port TEST_BROWSER_URL names. */
export async function browser(t: Cleanup): Promise<Browser> {
  const { host, port } = addressOf(givenUrl('TEST_BROWSER_URL')) ?? (await startFor(t, chromium)).address
  return {
    async open(url) {
      const answer = await fetch(`http://${host}:${port}/json/new?${encodeURIComponent(url)}`, { method: 'PUT' })
      if (!answer.ok) throw new Error(`The browser answered ${answer.status}: ${await answer.text()}`)
    },
  }
}

function addressOf(url: string | undefined): { host: string; port: number } | undefined {
  if (url === undefined) return undefined
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}
