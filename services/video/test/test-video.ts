import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BodyOf } from '@secureconnect/protocol'
import { callReports, calls } from '@secureconnect/protocol'
import type { Platform } from '@secureconnect/service'
import { newId, type Queries } from '@secureconnect/sql'
import {
  call,
  createPerson,
  createPlatform,
  type Engine,
  type Person,
  shareInSuite,
  startOn,
} from '@secureconnect/test/services'
import { mediaWorker } from '@secureconnect/test/stack'
import * as service from '../src/index.ts'

export {
  call,
  createPeople,
  createPerson,
  createPlatform,
  createServerEnv,
  onServers,
} from '@secureconnect/test/services'
export type { Person }

type Cleanup = { after: (work: () => unknown) => void }
type Env = Readonly<Record<string, string>>

/** What a process logs as soon as calls can be had of it. */
export const isMediaReady = ({ message }: Readonly<Record<string, unknown>>) => message === 'media worker is there'

/** video-service on a database that is there already: its second process, or the one after a crash. */
export async function startVideoOn(t: Cleanup, platform: Platform, env: Env = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'video-'))
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  // Nothing is recorded where a test does not say by what.
  const usual = { MEDIASOUP_WORKER_BIN: await mediaWorker(), FFMPEG: '/none', BLOBS_FOLDER: folder }
  const video = await startOn(t, service, { platform, env: { ...usual, ...env } })
  await video.line(isMediaReady)
  return video
}

/** video-service on a fresh database, on a free port, with what it logs. */
export async function startVideo(t: Cleanup, engine: Engine = 'pglite', env: Env = {}) {
  return startVideoOn(t, await createPlatform(t, engine), env)
}

export type Video = Awaited<ReturnType<typeof startVideo>>

/** One video-service for all tests of a suite; each test makes its own people and calls. */
export function shareVideo(engine: Engine = 'pglite', env: Env = {}): () => Video {
  return shareInSuite((t) => startVideo(t, engine, env))
}

/** Stands for chat-service: people in a conversation, of two unless it is said otherwise. */
export async function createConversation(
  { context: { sql } }: { context: { sql: Queries } },
  people: readonly Person[],
  type: 'direct' | 'group' = people.length === 2 ? 'direct' : 'group',
): Promise<string> {
  const conversationId = newId()
  const userIds = people.map(({ userId }) => userId)
  const pair = type === 'direct' ? userIds.toSorted().join(':') : null
  await sql.execute`
    insert into conversations (conversation_id, type, pair, created_by, member_count)
    values (${conversationId}, ${type}, ${pair}, ${userIds[0] ?? conversationId}, ${userIds.length})`
  await sql.execute`
    insert into members (conversation_id, user_id, role, visible_from)
    select ${conversationId}, user_id, 'member', 1 from unnest(${userIds}::uuid[]) as user_id`
  return conversationId
}

/** So many people, and a conversation that they are in. */
export async function createCircle(video: Video, count: number) {
  const people: Person[] = []
  while (people.length < count) people.push(await createPerson(video))
  // Each test takes as many out of it as it asked for.
  const named = people as [Person, Person, Person, Person, Person]
  return { people: named, conversationId: await createConversation(video, people) }
}

/** Where video-service listens, in this process or another. */
type At = Pick<Video, 'address'>

/** Calls the others of a conversation. */
export function initiate(
  video: At,
  { token }: Pick<Person, 'token'>,
  body: Omit<BodyOf<typeof calls.initiate>, 'call_type'>,
  headers: Record<string, string> = {},
) {
  return call(video, calls.initiate, { token, body: { call_type: 'audio', ...body }, headers })
}

const acts = { ...calls, report: callReports.get }
type Act = 'accept' | 'decline' | 'cancel' | 'join' | 'leave' | 'end' | 'get' | 'listParticipants' | 'report'

/** Does something with a call. */
export function act<A extends Act>(video: At, action: A, { token }: Pick<Person, 'token'>, callId: string) {
  return call<(typeof acts)[A]>(video, acts[action], { token, params: { call_id: callId } })
}

/** Another device of the same person. */
export function onOtherDevice({ mint }: Pick<Video, 'mint'>, person: Person): Person {
  const sessionId = randomUUID()
  return { ...person, sessionId, token: mint({ ...person, sessionId }) }
}
