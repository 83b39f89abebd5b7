import { serviceNames } from '@secureconnect/protocol'
import { startPreparedSystem } from '@secureconnect/test/embedded'
import { until } from '@secureconnect/test/helpers'
import {
  type Browser,
  browser,
  type Control,
  freePorts,
  mediaWorker,
  ownCoturnServer,
  type Page,
} from '@secureconnect/test/stack'

type Cleanup = { after: (work: () => unknown) => void }

/** How media may find their way: as they like, over TCP alone, or through a relay alone. */
export const ways = ['udp', 'tcp', 'relay'] as const
export type Way = (typeof ways)[number]

/** Has a page's connections keep to the way that is asked for, and keeps its lines at hand, to be broken. */
const preparation = `
  while (!globalThis.page) await new Promise((done) => setTimeout(done, 20))
  const Connection = RTCPeerConnection
  globalThis.RTCPeerConnection = class extends Connection {
    constructor(settings) {
      super(globalThis.way === 'relay' ? { ...settings, iceTransportPolicy: 'relay' } : settings)
    }
    setRemoteDescription({ type, sdp }) {
      const overTcp = sdp.replaceAll(/^a=candidate:.* udp .*\\r\\n/gm, '')
      return super.setRemoteDescription({ type, sdp: globalThis.way === 'tcp' ? overTcp : sdp })
    }
  }
  const Line = WebSocket
  globalThis.lines = []
  globalThis.WebSocket = class extends Line {
    constructor(...args) {
      super(...args)
      if (args[0].includes('signaling')) lines.push(this)
    }
  }`

const counting = `
  const { sent, received } = await page.call.stats()
  const list = (report, type, kind) => [...report.values()].filter((one) => one.type === type && (!kind || one.kind === kind))
  const sum = (reports, name) => reports.reduce((total, one) => total + (one[name] ?? 0), 0)
  const wayOf = (report) => {
    const pair = report.get(list(report, 'transport')[0]?.selectedCandidatePairId)
    if (!pair) return undefined
    const { candidateType } = report.get(pair.localCandidateId)
    return candidateType === 'relay' ? 'relay' : report.get(pair.remoteCandidateId).protocol
  }
  return {
    encoded: Math.max(0, ...list(sent, 'outbound-rtp', 'video').map((one) => one.framesEncoded)),
    decoded: sum(list(received, 'inbound-rtp', 'video'), 'framesDecoded'),
    heard: sum(list(received, 'inbound-rtp', 'audio'), 'totalSamplesReceived'),
    widths: list(received, 'inbound-rtp', 'video').flatMap((one) => one.frameWidth ?? []),
    ways: [wayOf(sent), wayOf(received)],
  }`

type Counts = { encoded: number; decoded: number; heard: number; widths: number[]; ways: (Way | undefined)[] }

/** Somebody with the page open. */
export class Caller {
  static async open(
    { open }: Browser,
    { url, me, friend }: { url: string; me: string; friend: string },
  ): Promise<Caller> {
    const page = await open(url)
    await page.run(preparation)
    await page.run(`
      document.querySelector('[name=me]').value = '${me}'
      document.querySelector('[name=friend]').value = '${friend}'
      document.querySelector('#people').requestSubmit()`)
    return new Caller(page)
  }

  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  run(script: string): Promise<unknown> {
    return this.#page.run(script)
  }

  /** Waits until the page finds this expression true. */
  async see(what: string, expression: string, withinMs = 20_000): Promise<void> {
    const isTrue = async () => (await this.run(`return Boolean(${expression})`)) === true
    await until(what, isTrue, withinMs).catch(async (error: unknown) => {
      throw new Error(`The page says: ${await this.says()}`, { cause: error })
    })
  }

  says(): Promise<unknown> {
    return this.run(`return document.querySelector('#status').textContent`)
  }

  /** Clicks as soon as that is possible. */
  async click(id: string): Promise<void> {
    await this.see(`${id} can be clicked`, `!document.querySelector('#${id}').matches(':disabled')`)
    await this.run(`document.querySelector('#${id}').click()`)
  }

  async count(): Promise<Counts> {
    // What the page answers is made above.
    return (await this.run(counting)) as Counts
  }
}

/** Two people at one system, who wait until it rings. */
export async function startCallers(t: Cleanup) {
  const relay: Control & { host: string; port: number; secret: string } = await ownCoturnServer(t)
  const portBase = await freePorts(serviceNames.length)
  const env = {
    TURN_URLS: `turn:${relay.host}:${relay.port}?transport=udp`,
    TURN_SECRET: relay.secret,
    RATELIMIT_CALLS_INITIATE: '600',
    RATELIMIT_CALLS_JOIN: '600',
    MEDIASOUP_WORKER_BIN: await mediaWorker(),
  }
  await startPreparedSystem(t, { env, portBase })
  const opened = await browser(t)
  const url = `http://localhost:${portBase}/try/call`
  const [ada, bob] = await Promise.all([
    Caller.open(opened, { url, me: 'ada', friend: 'bob' }),
    Caller.open(opened, { url, me: 'bob', friend: 'ada' }),
  ])
  return { ada, bob, relay }
}

export type Callers = Awaited<ReturnType<typeof startCallers>>

/** Has one of them call the other, who answers; they hang up after the test. */
export async function talk(t: Cleanup, { ada, bob }: Callers, way: Way = 'udp'): Promise<void> {
  for (const caller of [ada, bob]) await caller.run(`globalThis.way = '${way}'`)
  await ada.click('dial')
  await bob.click('answer')
  for (const caller of [ada, bob]) await caller.see('sound and picture of the other', 'page.call?.tracks.length >= 2')
  t.after(async () => {
    await ada.run(`await page.call?.hangUp()`)
    for (const caller of [ada, bob]) await caller.see('the end', `!document.querySelector('#dial').disabled`)
  })
}

/** Waits until each has seen and heard more of the other. */
export async function expectMedia({ ada, bob }: Callers): Promise<void> {
  const watch = async (caller: Caller) => {
    const before = await caller.count()
    await until('more comes in', async () => {
      const { decoded, heard } = await caller.count()
      return decoded >= before.decoded + 5 && heard > before.heard
    })
  }
  await Promise.all([watch(ada), watch(bob)])
}
