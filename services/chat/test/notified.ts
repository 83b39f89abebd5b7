import assert from 'node:assert/strict'
import { type Notification, notifications } from '@secureconnect/protocol'
import { Type } from 'typebox'
import { createGroup } from './groups.ts'
import { type Chat, call, createPerson, type Person } from './test-chat.ts'
import { until } from './until.ts'

const Behind = Type.Object({ behind: Type.Integer() })

/** What somebody is notified of, newest first. */
export async function listNotified(chat: Pick<Chat, 'address'>, { token }: Person): Promise<Notification[]> {
  const { status, data, error } = await call(chat, notifications.list, { token, query: { limit: 100 } })
  assert.equal(status, 200, JSON.stringify(error))
  return data.notifications
}

export async function countUnread(chat: Pick<Chat, 'address'>, { token }: Person): Promise<number> {
  return (await call(chat, notifications.count, { token })).data.unread_count
}

/** Waits until somebody's notifications are these kinds, newest first. */
export async function untilNotified(chat: Chat, person: Person, kinds: readonly string[]): Promise<Notification[]> {
  let found: Notification[] = []
  const isIt = async () => {
    found = await listNotified(chat, person)
    return found.length === kinds.length && found.every(({ kind }, place) => kind === kinds[place])
  }
  await until(`notifications of ${kinds.join(', ') || 'nothing'}`, isIt).catch((error) => {
    assert.fail(`${error.message}, but of ${JSON.stringify(found)}`)
  })
  return found
}

/** Waits until all that happened so far was looked at for whom it concerns. */
export async function untilLookedAt({ context: { sql } }: Pick<Chat, 'context'>): Promise<void> {
  await until('everything looked at', async () => {
    const { behind } = await sql.one(Behind)`
      select count(*) as behind from conversations left join notification_state using (conversation_id)
      where last_seq > coalesce(notified_seq, 0)`
    return behind === 0
  })
}

/** Waits until the archive has a conversation up to a place, which is then where its log begins. */
export async function untilArchived({ context: { sql } }: Pick<Chat, 'context'>, id: string, seq: number) {
  await until('everything archived', async () => {
    const moved = await sql.execute`
      update archive_state set log_start = ${seq} where conversation_id = ${id} and archived_seq >= ${seq}`
    return moved === 1
  })
}

/** Three people. */
export async function createThree(chat: Chat) {
  return [await createPerson(chat), await createPerson(chat), await createPerson(chat)] as const
}

/** A group whose newcomers have seen already that they were added. */
export async function createQuietGroup(
  chat: Chat,
  owner: Person,
  people: readonly Person[],
  more = {},
): Promise<string> {
  const id = await createGroup(chat, owner, people, more)
  await untilLookedAt(chat)
  for (const { token, userId } of people) {
    await call(chat, notifications.readAll, { token })
    await chat.context.sql.execute`delete from notifications where user_id = ${userId}`
  }
  return id
}
