import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { push } from '@secureconnect/protocol'
import { type FakeFirebase, startFakeFirebase } from '@secureconnect/push/testing'
import type { Sql } from '@secureconnect/sql'
import { Type } from 'typebox'
import { saveToken } from '../src/stores/push-tokens.ts'
import { createDirect } from './groups.ts'
import { type Chat, call, createPerson, type Person, startChat } from './test-chat.ts'
import { until } from './until.ts'

const Waiting = Type.Object({ waiting: Type.Integer() })

type Cleanup = { after: (work: () => unknown) => void }

/** What has a chat-service push through a fake Firebase. */
export function toPushEnv({ credentials, url }: Pick<FakeFirebase, 'credentials' | 'url'>) {
  return { FIREBASE_CREDENTIALS: credentials, FIREBASE_URL: url }
}

export async function startPushing(t: Cleanup, more: Readonly<Record<string, string>> = {}) {
  const firebase = await startFakeFirebase()
  const chat = await startChat(t, 'postgres', { ...toPushEnv(firebase), ...more })
  t.after(() => firebase.close())
  await allowHolding(chat.context)
  return { chat, firebase }
}

/** Somebody whose session auth-service knows. */
export async function createSignedIn(chat: Pick<Chat, 'context' | 'mint'>, name?: string): Promise<Person> {
  const person = await createPerson(chat, name)
  await saveSession(chat, person)
  return person
}

export async function saveSession({ context: { sql } }: Pick<Chat, 'context'>, { userId, sessionId }: Person) {
  await sql.execute`
    insert into sessions (session_id, user_id, network, salt, generation, rotated_at, idle_expires_at, absolute_expires_at)
    values (${sessionId}, ${userId}, '', '', 0, now(), now() + interval '1 day', now() + interval '1 day')`
}

/** Two people with a conversation, the second of whom has a device that pushes go to. */
export async function createPair(chat: Chat) {
  const [ada, bob] = [await createSignedIn(chat, 'Ada'), await createSignedIn(chat, 'Bob')]
  const id = await createDirect(chat, ada, bob)
  return { ada, bob, id, token: await register(chat, bob) }
}

/** A time of day, by UTC, as preferences have it. */
export function minutesFromNow(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16)
}

export const createToken = () => `device:${randomUUID()}`

/** Registers a device of somebody's, and answers its token. */
export async function register(chat: Pick<Chat, 'address'>, { token }: Person, name = createToken()): Promise<string> {
  const body = { token: name, type: 'fcm' } as const
  const { status, error } = await call(chat, push.register, { token, body })
  assert.equal(status, 201, JSON.stringify(error))
  return name
}

/** Puts a device of somebody's straight into the database, and answers its token. */
export async function saveDevice(
  { context: { sql } }: Pick<Chat, 'context'>,
  { userId, sessionId }: Person,
  token: string,
): Promise<string> {
  const about = { type: 'fcm', platform: 'android', device_id: null } as const
  await sql.transaction((tx) => saveToken(tx, { ...about, token, user_id: userId, session_id: sessionId }))
  return token
}

/** How many pushes wait for somebody. */
export async function countWaiting({ context: { sql } }: Pick<Chat, 'context'>, { userId }: Person): Promise<number> {
  const { waiting } = await sql.one(Waiting)`
    select count(*) as waiting from outbox where topic = 'push' and payload ->> 'user_id' = ${userId}`
  return waiting
}

/** Lets `holdBack` work in a database. */
async function allowHolding({ sql }: { sql: Sql }): Promise<void> {
  await sql.execute`create table held_back (user_id text primary key)`
  await sql.execute`
    create function hold_back() returns trigger language plpgsql as $$
    begin
      if exists (select 1 from held_back where user_id = new.payload ->> 'user_id') then
        new.due_at := now() + interval '1 hour';
      end if;
      return new;
    end $$`
  await sql.execute`
    create trigger hold_back before insert on outbox for each row when (new.topic = 'push') execute function hold_back()`
}

/** Makes all that is to be pushed to somebody wait until `hurry`. */
export async function holdBack({ context: { sql } }: Pick<Chat, 'context'>, { userId }: Person): Promise<void> {
  await sql.execute`insert into held_back (user_id) values (${userId})`
}

/** Has what waits for somebody go out. */
export async function hurry({ context: { sql } }: Pick<Chat, 'context'>, { userId }: Person): Promise<void> {
  await sql.execute`delete from held_back where user_id = ${userId}`
  await sql.execute`update outbox set due_at = now() where topic = 'push' and payload ->> 'user_id' = ${userId}`
}

/** Waits until so many pushes wait for somebody. */
export async function untilWaiting(chat: Pick<Chat, 'context'>, person: Person, count = 1): Promise<void> {
  await until('pushes wait', async () => (await countWaiting(chat, person)) === count)
}

/** Waits until a push waits that is about a message. */
export async function untilWaitsFor({ context: { sql } }: Pick<Chat, 'context'>, messageId: string): Promise<void> {
  await until('its push waits', async () => {
    const waiting = await sql.execute`
      select 1 from outbox where topic = 'push' and payload ->> 'message_id' = ${messageId}`
    return waiting > 0
  })
}

/** Waits until nothing waits to be pushed. */
export async function untilPushed({ context: { sql } }: Pick<Chat, 'context'>, withinMs?: number): Promise<void> {
  const count = () => sql.one(Waiting)`
    select (select count(*) from outbox where topic = 'push' and dead_at is null)
      + (select count(*) from conversations left join notification_state using (conversation_id)
        where last_seq > coalesce(notified_seq, 0)) as waiting`
  await until('everything pushed', async () => (await count()).waiting === 0, withinMs)
}

/** The pushes that a device took, in order. */
export function listTaken(firebase: FakeFirebase, token: string) {
  return firebase.taken.filter(({ message }) => message.token === token).map(({ message }) => message)
}
