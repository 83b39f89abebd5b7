import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { onlyAtFullSize, until } from '@secureconnect/test/helpers'
import { type Browser, browser, mediaWorker, type Page } from '@secureconnect/test/stack'
import { build } from 'esbuild'
import { startSystem } from './system.ts'

/** A program with all that it needs, as a page loads it. */
async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** Serves the page and the worker that its frames go through. */
async function serve(t: TestContext): Promise<string> {
  const programs: Readonly<Record<string, string>> = {
    '/page.js': await bundle(join(import.meta.dirname, 'encrypted-call-page.ts')),
    '/worker.js': await bundle(fileURLToPath(import.meta.resolve('@secureconnect/e2ee/frame-worker'))),
  }
  const server = createServer(({ url = '' }, response) => {
    const program = programs[url]
    response.setHeader('content-type', program ? 'text/javascript' : 'text/html')
    response.end(program ?? '<!doctype html><body><script type="module" src="/page.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** A key of somebody, as it came to the page that notes it. */
type SealedKey = { ciphertext: string; about: { binding: string[] } }

/** For whom of the call it was made, as the service counts it. */
const epochOf = ({ about }: SealedKey) => Number(about.binding.at(-1))

type Counts = { decoded: number; bytes: number; heard: number }

/** Somebody with the page open. */
class Caller {
  static async open({ open }: Browser, { origin, address }: { origin: string; address: string }): Promise<Caller> {
    const page = await open(`${origin}/`)
    await until('the page', async () => (await page.run('return typeof talk')) === 'function')
    const coming = JSON.stringify({ address, username: `p-${randomUUID().slice(0, 12)}` })
    return new Caller(page, String(await page.run(`return enter(${coming})`)))
  }

  readonly #page: Page
  readonly userId: string

  private constructor(page: Page, userId: string) {
    this.#page = page
    this.userId = userId
  }

  run(script: string): Promise<unknown> {
    return this.#page.run(script)
  }

  async talk(coming: { conversationId: string; callId?: string; hasKeys?: boolean }): Promise<string> {
    return String(await this.run(`return talk(${JSON.stringify(coming)})`))
  }

  // What the page answers is made there.
  count = async () => (await this.run('return count()')) as Counts
  keys = async () => (await this.run('return page.keys')) as SealedKey[]
  dropped = async () => (await this.run('return page.dropped')) as number

  /** Waits until he has seen and heard more of the others. */
  async seesMore(): Promise<void> {
    const before = await this.count()
    await until('more is seen and heard', async () => {
      const { decoded, heard } = await this.count()
      return decoded >= before.decoded + 10 && heard > before.heard + 10_000
    })
  }
}

test(
  'those in an encrypted call see and hear each other by the media server, by the keys of their group, whoever comes and goes; who has no key sees nothing of it',
  onlyAtFullSize('three pages encode and decode; the frames themselves are looked at each day'),
  async (t) => {
    const origin = await serve(t)
    const env = { MEDIASOUP_WORKER_BIN: await mediaWorker(), CORS_ALLOWED_ORIGINS: origin }
    const address = (await startSystem(t, env)).replace('127.0.0.1', 'localhost')
    const opened = await browser(t)
    const open = () => Caller.open(opened, { origin, address })
    const [ada, bob, eve] = [await open(), await open(), await open()]
    const body = { type: 'group', title: 'Calls', participant_ids: [bob.userId, eve.userId], is_e2ee_enabled: true }
    const made = await ada.run(
      `return (await page.client.rest.conversations.create(${JSON.stringify(body)})).conversation_id`,
    )
    const conversationId = String(made)

    const callId = await ada.talk({ conversationId })
    await bob.talk({ conversationId, callId })
    await Promise.all([ada.seesMore(), bob.seesMore()])

    // She is in the room, and is sent all that the others are, but takes in no key.
    await eve.talk({ conversationId, callId, hasKeys: false })
    await until('all of it comes to her', async () => (await eve.count()).bytes > 50_000 && (await eve.dropped()) > 50)
    const { decoded, heard } = await eve.count()
    assert.deepEqual([decoded, heard], [0, 0])
    await Promise.all([ada.seesMore(), bob.seesMore()])

    await eve.run('await page.call.hangUp()')
    await eve.talk({ conversationId, callId })
    await Promise.all([ada.seesMore(), bob.seesMore(), eve.seesMore()])

    // Whom the conversation lets go has no key from then on, also where somebody hands her what the others are sent.
    const before = Math.max(...(await bob.keys()).map(epochOf))
    await ada.run(`await page.encryption.changePeople('${conversationId}', { remove: ['${eve.userId}'] })`)
    const listLater = async () =>
      (await Promise.all([ada.keys(), bob.keys()])).flat().filter((key) => epochOf(key) > before)
    await until('both have another key', async () => (await listLater()).length >= 2)
    await Promise.all([ada.seesMore(), bob.seesMore()])
    const sealed = await listLater()
    assert.equal(await eve.run(`return countOpened(${JSON.stringify(sealed)})`), 0)
  },
)
