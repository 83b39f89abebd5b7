import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { Measured } from '../shared/measured.ts'
import { World } from './world.ts'

/** What went through in one round, what it cost the process, and how much memory it took meanwhile. */
export type Transfer = { mibPerSecond: number; cpuMsPerMib: number; maxRssBytes: number }

export type Transfers = Readonly<Record<'up' | 'down', { floor: Transfer[]; ours: Transfer[] }>>

export type TransferOptions = { rounds: number; parallel: number; bytes: number }

type Goal = { url: string; headers?: Record<string, string> }

const mib = 1024 * 1024
const piece = Buffer.alloc(mib / 4, 'x')
const pieces = (bytes: number) => Array.from({ length: Math.ceil(bytes / piece.length) }, () => piece)

async function send({ url, headers = {} }: Goal, bytes: number, dispatcher: Agent): Promise<void> {
  const body = Readable.from(pieces(bytes))
  const all = { ...headers, 'content-length': `${bytes}` }
  const answer = await request(url, { method: 'PUT', headers: all, body, dispatcher })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`an upload was answered ${answer.statusCode}: ${text}`)
}

async function fetchAll({ url }: Goal, bytes: number, dispatcher: Agent): Promise<void> {
  let received = 0
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      received += chunk.length
      done()
    },
  })
  const answer = await request(url, { dispatcher })
  await pipeline(answer.body, sink)
  if (received !== bytes) throw new Error(`${received} bytes came of ${bytes}`)
}

async function measure(target: Measured, totalBytes: number, work: () => Promise<unknown>): Promise<Transfer> {
  let maxRssBytes = 0
  let isOver = false
  const watch = async () => {
    while (!isOver) {
      maxRssBytes = Math.max(maxRssBytes, (await target.usage()).rssBytes)
      await delay(100)
    }
  }
  const before = await target.usage()
  const watching = watch()
  const startedAt = performance.now()
  await work()
  const seconds = (performance.now() - startedAt) / 1_000
  isOver = true
  await watching
  const cpuUs = (await target.usage()).cpuUs - before.cpuUs
  const size = totalBytes / mib
  return { mibPerSecond: size / seconds, cpuMsPerMib: cpuUs / 1_000 / size, maxRssBytes }
}

/** Sends and fetches files, many at once, through a bare file server and through the service in turn. */
export async function measureTransfers({ rounds, parallel, bytes }: TransferOptions): Promise<Transfers> {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  stack.defer(() => rmSync(folder, { recursive: true }))
  const agent = stack.adopt(new Agent({ connections: parallel, bodyTimeout: 0, headersTimeout: 0 }), (a) => a.close())
  const bare = stack.use(await Measured.start('../storage/bare-files.ts', { args: [folder], isForwarder: true }))
  const world = stack.use(await World.start({ BLOBS_FOLDER: join(folder, 'blobs') }))
  const numbers = Array.from({ length: parallel }, (_, index) => index)
  const total = parallel * bytes
  const transfers: Transfers = { up: { floor: [], ours: [] }, down: { floor: [], ours: [] } }
  const sendAll = (goals: readonly Goal[]) => Promise.all(goals.map((goal) => send(goal, bytes, agent)))
  const fetchEach = (goals: readonly Goal[]) => Promise.all(goals.map((goal) => fetchAll(goal, bytes, agent)))

  for (let round = 0; round <= rounds; round++) {
    const bareGoals = numbers.map((number) => ({ url: `${bare.url}/${number}` }))
    const announced = await Promise.all(numbers.map((person) => world.begin(person, bytes)))
    const floorUp = await measure(bare, total, () => sendAll(bareGoals))
    const oursUp = await measure(world.service, total, () => sendAll(announced))
    await Promise.all(announced.map(({ fileId }, person) => world.complete(person, fileId)))
    const downloads = await Promise.all(announced.map(({ fileId }, person) => world.findDownload(person, fileId)))
    const floorDown = await measure(bare, total, () => fetchEach(bareGoals))
    const oursDown = await measure(world.service, total, () => fetchEach(downloads.map((url) => ({ url }))))
    await Promise.all(announced.map(({ fileId }, person) => world.remove(person, fileId)))
    // The first round only warms up.
    if (round === 0) continue
    transfers.up.floor.push(floorUp)
    transfers.up.ours.push(oursUp)
    transfers.down.floor.push(floorDown)
    transfers.down.ours.push(oursDown)
  }
  return transfers
}
