import { readFileSync } from 'node:fs'
import { until } from '@secureconnect/test/helpers'
import { KillableSystem } from '@secureconnect/test/killable-system'
import {
  type Browser,
  browser,
  createCertificate,
  mediaWorker,
  ownCoturnServer,
  type Page,
} from '@secureconnect/test/stack'
import { createFolder } from './system.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** How media may find their way: as they like, over TCP alone, or through a relay alone that is reached by one of these. */
export const ways = ['udp', 'tcp', 'relay over udp', 'relay over tcp', 'relay over tls'] as const
export type Way = (typeof ways)[number]

/**
 * Has a page's connections keep to the way that is asked for, and keeps its lines at hand, to be broken, with what went
 * over them, to be read where a test fails; one breaks at the frame for which `breaksAt` is true. What it receives by UDP comes to the port
 * `detour`, where that is set. Its camera is no larger than three sizes take: what two pages encode and
 * decode is most of what these tests cost.
 */
const preparation = `
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = ({ audio, video }) =>
    open({ ...(audio && { audio }), ...(video && { video: { width: 960, height: 540 } }) })
  while (!globalThis.page) await new Promise((done) => setTimeout(done, 20))
  const Connection = RTCPeerConnection
  const schemes = { udp: /^turn:.*udp$/, tcp: /^turn:.*tcp$/, tls: /^turns:/ }
  const relayed = ({ iceServers, ...settings }, scheme) => ({
    ...settings,
    iceTransportPolicy: 'relay',
    iceServers: iceServers.map((server) => ({ ...server, urls: server.urls.filter((url) => scheme.test(url)) })),
  })
  globalThis.RTCPeerConnection = class extends Connection {
    constructor(settings) {
      const scheme = schemes[/relay over (.*)/.exec(globalThis.way)?.[1]]
      super(scheme ? relayed(settings, scheme) : settings)
    }
    setRemoteDescription({ type, sdp }) {
      const overUdp = /^(a=candidate:.* udp \\d+ \\S+) (\\d+)(.*\\r\\n)/gm
      globalThis.serverPort = Number([...sdp.matchAll(overUdp)][0]?.[2])
      const isAround = type === 'offer' && globalThis.detour
      const candidate = globalThis.way === 'tcp' ? '' : isAround ? '$1 ' + detour + '$3' : '$&'
      return super.setRemoteDescription({ type, sdp: sdp.replaceAll(overUdp, candidate) })
    }
  }
  const Line = WebSocket
  globalThis.lines = []
  globalThis.record = []
  const note = (what) => record.push(Math.round(performance.now()) + ' ' + what) > 200 && record.shift()
  globalThis.WebSocket = class extends Line {
    constructor(...args) {
      super(...args)
      if (!args[0].includes('signaling')) return
      const line = lines.push(this)
      this.addEventListener('close', ({ code }) => note(line + ' closed ' + code))
      this.addEventListener('message', (event) => {
        note(line + ' < ' + event.data.slice(0, 150))
        if (!globalThis.breaksAt?.(event.data)) return
        event.stopImmediatePropagation()
        this.close(4000)
      })
    }
    send(data) {
      if (lines.includes(this)) note(lines.indexOf(this) + 1 + ' > ' + data.slice(0, 100))
      super.send(data)
    }
  }`

const counting = `
  const { sent, received } = await page.call.stats()
  const list = (report, type, kind) => [...report.values()].filter((one) => one.type === type && (!kind || one.kind === kind))
  const sum = (reports, name) => reports.reduce((total, one) => total + (one[name] ?? 0), 0)
  const wayOf = (report) => {
    const pair = report.get(list(report, 'transport')[0]?.selectedCandidatePairId)
    if (!pair) return undefined
    const { candidateType, relayProtocol } = report.get(pair.localCandidateId)
    return candidateType === 'relay' ? 'relay over ' + relayProtocol : report.get(pair.remoteCandidateId).protocol
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
      const said = await this.run(`return document.querySelector('#status').textContent`)
      const record = await this.run(`return ['now ' + Math.round(performance.now()), ...record].join('\\n')`)
      throw new Error(`The page says: ${said}\n${record}`, { cause: error })
    })
  }

  /** Waits until the page says this to its person. */
  says(text: string): Promise<void> {
    return this.see(`"${text}"`, `document.querySelector('#status').textContent === ${JSON.stringify(text)}`)
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
export async function startCallers(t: Cleanup, settings: Record<string, string> = {}) {
  const certificate = await createCertificate(createFolder(t), 'relay')
  const relay = await ownCoturnServer(t, certificate)
  const at = `${relay.host}:${relay.port}`
  const system = await KillableSystem.start(t, {
    TURN_URLS: `turn:${at}?transport=udp,turn:${at}?transport=tcp,turns:${at}?transport=tcp`,
    TURN_SECRET: relay.secret,
    TURN_TLS_CA: certificate.certificate,
    CALL_QUALITY_MS: '1000',
    RATELIMIT_CALLS_INITIATE: '600',
    RATELIMIT_CALLS_JOIN: '600',
    MEDIASOUP_WORKER_BIN: await mediaWorker(),
    ...settings,
  })
  const opened = await browser(t, { trusted: readFileSync(certificate.certificate, 'utf8') })
  const url = `${system.address}/try/call`
  const open = (me: string, friend: string) => Caller.open(opened, { url, me, friend })
  const [ada, bob] = await Promise.all([open('ada', 'bob'), open('bob', 'ada')])
  return { ada, bob, relay, system, open }
}

export type Callers = Awaited<ReturnType<typeof startCallers>>
type Two = Pick<Callers, 'ada' | 'bob'>

/** Has one of them call the other, who answers; they hang up after the test. */
export async function talk(t: Cleanup, callers: Two, way: Way = 'udp'): Promise<void> {
  const { ada, bob } = callers
  for (const caller of [ada, bob]) await caller.run(`globalThis.way = '${way}'`)
  await ada.click('dial')
  await bob.click('answer')
  hangUpAfter(t, callers)
  for (const caller of [ada, bob]) await caller.see('sound and picture of the other', 'page.call?.tracks.length >= 2')
}

export function hangUpAfter(t: Cleanup, { ada, bob }: Two): void {
  t.after(async () => {
    for (const caller of [ada, bob]) await caller.run(`await page.call?.hangUp()`)
    for (const caller of [ada, bob]) await caller.see('the end', `!document.querySelector('#dial').disabled`)
  })
}

/** Waits until each has seen and heard more of the other. */
export async function expectMedia({ ada, bob }: Two): Promise<void> {
  const watch = async (caller: Caller) => {
    const before = await caller.count()
    await until('more comes in', async () => {
      const { decoded, heard } = await caller.count()
      return decoded >= before.decoded + 5 && heard > before.heard
    })
  }
  await Promise.all([watch(ada), watch(bob)])
}
