import type { Cleanup } from './cleanup.ts'
import { givenUrl } from './config.ts'
import { DevTools } from './dev-tools.ts'
import { startFor } from './own-servers.ts'
import { createChromium } from './servers/chromium.ts'

/** A page as a person has it open; what a script answers comes back as JSON. */
export type Page = { run: (script: string) => Promise<unknown> }
/** Each page is opened with an empty profile, as if by another person. */
export type Browser = { open: (url: string) => Promise<Page> }

type Options = { trusted?: string }

/**
 * Where a browser for one test can be steered, which takes a certificate as good that is trusted; or the one whose
 * debugging port TEST_BROWSER_URL names.
 */
export async function browserAddress(t: Cleanup, { trusted }: Options = {}): Promise<string> {
  const start = async () => (await startFor(t, createChromium(trusted))).address
  const { host, port } = addressOf(givenUrl('TEST_BROWSER_URL')) ?? (await start())
  return `http://${host}:${port}`
}

/** The same with no more than it takes to open pages and run scripts in them. */
export async function browser(t: Cleanup, options: Options = {}): Promise<Browser> {
  const tools = await DevTools.connect(await browserAddress(t, options))
  t.after(async () => tools.close())
  return {
    async open(url) {
      const { browserContextId } = await tools.ask('Target.createBrowserContext', { disposeOnDetach: true })
      const { targetId } = await tools.ask('Target.createTarget', { url: 'about:blank', browserContextId })
      const attached = await tools.ask('Target.attachToTarget', { targetId, flatten: true })
      const sessionId = String(attached.sessionId)
      // Answered once the page is there: what is run before that would be lost with the empty one.
      const { errorText } = await tools.ask('Page.navigate', { url }, sessionId)
      if (errorText !== undefined) throw new Error(`${url}: ${errorText}`)
      return { run: (script) => tools.run(sessionId, script) }
    },
  }
}

function addressOf(url: string | undefined): { host: string; port: number } | undefined {
  if (url === undefined) return undefined
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}
