import { Pool } from 'undici'
import { Measured } from '../shared/measured.ts'
import { Listening } from './listening.ts'
import { createSend, saturate } from './sends.ts'
import { subscribing } from './subscribing.ts'
import type { World } from './world.ts'

export const sockets = 1_000
const textBytes = 256

/** What a delivery cost: one message to one socket. */
export type FanOut = { perSecond: number; cpuUsEach: number }
export const batchSizes = [10, 1] as const
export type FanOuts = ReadonlyMap<string, ReadonlyMap<(typeof batchSizes)[number], FanOut>>

type Target = {
  process: Measured
  listening: Listening
  /** Makes so many messages go to every socket at once. */
  tell: (messages: number) => Promise<void>
}

/** Tells again and again, each time when everybody has heard the one before. */
async function measure({ process, listening, tell }: Target, batch: number, seconds: number): Promise<FanOut> {
  const before = await process.usage()
  const startedAt = performance.now()
  const first = await listening.count()
  let told = 0
  while (performance.now() - startedAt < seconds * 1_000) {
    await tell(batch)
    told += batch
    await listening.reached(first + told * sockets)
  }
  const elapsedMs = performance.now() - startedAt
  const { cpuUs } = await process.usage()
  const deliveries = told * sockets
  return { perSecond: (deliveries / elapsedMs) * 1_000, cpuUsEach: (cpuUs - before.cpuUs) / deliveries }
}

const portOf = ({ url }: Measured) => Number(new URL(url).port)

async function openBare(stack: AsyncDisposableStack): Promise<Target> {
  const process = stack.use(await Measured.start('../chat/bare-ws.ts', { args: [`${textBytes}`], isForwarder: true }))
  const bare = Array.from({ length: sockets }, () => ({ token: '' }))
  const listening = stack.use(await Listening.create({ port: portOf(process), path: '/', sockets: bare }))
  const pool = stack.adopt(new Pool(process.url), (open) => open.close())
  const tell = async (count: number) => {
    const { body } = await pool.request({ method: 'POST', path: `/?messages=${count}` })
    await body.dump()
  }
  return { process, listening, tell }
}

/** Sends until the service's code is compiled for good: before that a message costs several times as much. */
async function warmUp(world: World, process: Measured, seconds: number): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const senders = await world.createPeople(10)
  const rooms = [{ conversationId: await world.createGroup(senders), senders }]
  await saturate(process, createSend(stack, process, rooms), { inFlight: 50, seconds })
}

async function openChat(stack: AsyncDisposableStack, world: World, process: Measured): Promise<Target> {
  const people = await world.createPeople(sockets)
  const conversationId = await world.createGroup(people)
  const first = subscribing(conversationId)
  const open = people.map(({ token }) => ({ token, first }))
  const listening = stack.use(await Listening.create({ port: portOf(process), path: '/v1/ws/chat', sockets: open }))
  // Greeting, ready, and the reply to the subscription.
  await listening.reached(3 * sockets)
  const send = createSend(stack, process, [{ conversationId, senders: people }])
  const tell = async (count: number) => {
    await Promise.all(Array.from({ length: count }, (_, n) => send(n)))
  }
  return { process, listening, tell }
}

/** Messages to a thousand sockets, through the service and through bare `ws`. */
export async function measureFanOut(world: World, chat: Measured, seconds: number): Promise<FanOuts> {
  await warmUp(world, chat, seconds)
  await using stack = new AsyncDisposableStack()
  const targets = { 'bare ws': await openBare(stack), 'chat-service': await openChat(stack, world, chat) }
  const found = new Map<string, Map<(typeof batchSizes)[number], FanOut>>()
  for (const [name, target] of Object.entries(targets)) {
    await measure(target, 10, seconds / 2)
    const own = new Map<(typeof batchSizes)[number], FanOut>()
    for (const batch of batchSizes) own.set(batch, await measure(target, batch, seconds))
    found.set(name, own)
  }
  return found
}
