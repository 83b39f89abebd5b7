import { createHash, randomBytes } from 'node:crypto'
import { ApiError, type Client, createClient, createMemoryStorage } from '@secureconnect/sdk'
import { type Finding, failed, ok, skipped } from '../checks/finding.ts'
import { showLogs } from '../docker/show-logs.ts'
import type { VerifyCheck } from './verify-check.ts'

const eventWithinMs = 10_000
const fileBytes = 256 * 1_024

type Person = { client: Client; userId: string; password: string }

async function signUp(address: string): Promise<Person | undefined> {
  const client = createClient({ address, storage: createMemoryStorage() })
  const username = `verify-${randomBytes(6).toString('hex')}`
  const password = randomBytes(18).toString('base64url')
  // Nobody reads mail there: the name is reserved for what must not exist.
  const person = { username, email: `${username}@verify.invalid`, password, display_name: 'ops verify' }
  const { user_id } = await client.register(person)
  return client.userId === undefined ? undefined : { client, userId: user_id, password }
}

/** Sends a message, and waits until the other one's socket has it. */
async function talk(ada: Person, bob: Person): Promise<[Finding, conversationId: string]> {
  const { conversation_id } = await ada.client.rest.conversations.create({
    type: 'direct',
    participant_ids: [bob.userId],
  })
  await Promise.all([ada.client.chat.open(), bob.client.chat.open()])
  await bob.client.chat.subscribe({ [conversation_id]: null })
  const content = randomBytes(16).toString('hex')
  const startedAt = performance.now()
  const arrived = new Promise<void>((done, gone) => {
    const patience = setTimeout(
      () => gone(new Error(`it did not arrive within ${eventWithinMs / 1_000} s`)),
      eventWithinMs,
    )
    bob.client.chat.on('event', (event) => {
      if (event.kind !== 'message.created' || event.data.content !== content) return
      clearTimeout(patience)
      done()
    })
  })
  await Promise.all([arrived, ada.client.chat.send({ conversation_id, content, message_type: 'text' })])
  return [ok('chat', `a message arrived after ${Math.round(performance.now() - startedAt)} ms`), conversation_id]
}

const digest = (bytes: ArrayBuffer | Buffer) => createHash('sha256').update(new Uint8Array(bytes)).digest('hex')

/** Sends a file to somebody, who fetches it. */
async function share(ada: Person, { bob, conversationId }: { bob: Person; conversationId: string }): Promise<Finding> {
  const bytes = randomBytes(fileBytes)
  const blob = new Blob([bytes], { type: 'application/octet-stream' })
  const { file_id } = await ada.client.files.upload({ name: 'verify.bin', bytes: blob, conversationId })
  const announced = { conversation_id: conversationId, content: 'verify', file_ids: [file_id] }
  await ada.client.rest.messages.send({ ...announced, message_type: 'file' })
  const fetched = await bob.client.files.download(file_id)
  const isSame = digest(await fetched.arrayBuffer()) === digest(bytes)
  return isSame
    ? ok('files', `${fileBytes / 1_024} KiB went up and came down the same`)
    : failed('files', 'other bytes came back', './ops status')
}

/** A call as far as it goes without a browser: it rings, is answered, has a relay and a way to the media, and ends. */
async function ring(ada: Person, { bob, conversationId }: { bob: Person; conversationId: string }): Promise<Finding> {
  const { call_id } = await ada.client.rest.calls.initiate({ conversation_id: conversationId, call_type: 'audio' })
  const joined = await bob.client.rest.calls.accept({ call_id })
  const { relay, ice_servers } = await bob.client.rest.iceServers.list()
  await ada.client.rest.calls.end({ call_id })
  const fix = showLogs('video-service', 'coturn')
  if (!('join_token' in joined)) return failed('calls', 'who answers is given no way in', fix)
  if (!relay) return failed('calls', 'there is no relay: video-service could not use coturn', fix)
  return ok('calls', `one rang, was answered and ended; ${ice_servers.length} ICE servers, with a relay`)
}

/** Takes the two away again, with all that they wrote. */
async function erase(people: readonly Person[]): Promise<Finding> {
  for (const { client, password } of people) await client.rest.ownAccount.erase({ password, messages: 'delete' })
  return ok('erasure', 'both are gone again')
}

async function attempt<T>(what: string, act: () => Promise<T>): Promise<T | Finding> {
  try {
    return await act()
  } catch (error) {
    const code = error instanceof ApiError ? ` (${error.code})` : ''
    const reason = error instanceof Error ? `${error.message}${code}` : String(error)
    const cause = error instanceof Error && error.cause instanceof Error ? ` ${error.cause.message}` : ''
    return failed(what, `${reason}${cause}`, `./ops status; ${showLogs()}`)
  }
}

const isFinding = (value: unknown): value is Finding => typeof value === 'object' && value !== null && 'state' in value

async function meet(ada: Person, bob: Person): Promise<Finding[]> {
  const talked = await attempt('chat', () => talk(ada, bob))
  if (isFinding(talked)) return [talked]
  const [chat, conversationId] = talked
  const shared = await attempt('files', () => share(ada, { bob, conversationId }))
  const rang = await attempt('calls', () => ring(ada, { bob, conversationId }))
  return [chat, shared, rang]
}

/** Has two people of its own making go through everything at `address`; the first thing that fails ends what needs it. */
export async function takeJourney(address: string): Promise<Finding[]> {
  const people = await attempt('accounts', async () => await Promise.all([signUp(address), signUp(address)]))
  if (isFinding(people)) return [people]
  const [ada, bob] = people
  if (!ada || !bob) return [skipped('journey', 'EMAIL_VERIFICATION=required: who signs up cannot go on without a mail')]
  const findings = await meet(ada, bob)
  const erased = await attempt('erasure', () => erase([ada, bob]))
  for (const { client } of [ada, bob]) client.close()
  return [ok('accounts', 'two were made'), ...findings, erased]
}

export const journey: VerifyCheck = {
  name: 'journey',
  run: async ({ place: { domain } }) => await takeJourney(`https://${domain}`),
}
