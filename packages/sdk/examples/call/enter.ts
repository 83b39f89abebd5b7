import { ApiError, type Client } from '@secureconnect/sdk'

const password = 'seven quiet harbours'

const aMoment = () => new Promise((done) => setTimeout(done, 1_000))

/** Signs in; whoever has no account yet gets one. */
export async function enter(client: Client, username: string): Promise<void> {
  try {
    await client.register({ username, email: `${username}@example.org`, password, display_name: username })
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error
    await client.signIn({ username, password })
  }
}

/** Somebody's id, once he has an account. */
async function findPerson({ rest }: Client, name: string): Promise<string> {
  for (;;) {
    const { users } = await rest.people.search({ q: name })
    const found = users.find(({ username }) => username === name)
    if (found) return found.user_id
    await aMoment()
  }
}

/** The group of these people, which the first of them by name makes; the others wait for it. */
async function findGroup({ rest }: Client, me: string, people: ReadonlyMap<string, string>): Promise<string> {
  const title = ['Calls of', ...[me, ...people.values()].toSorted()].join(' ')
  for (;;) {
    const { conversations } = await rest.conversations.list({})
    const found = conversations.find((one) => one.title === title)
    if (found) return found.conversation_id
    if ([...people.values()].every((name) => me < name)) {
      const participant_ids = [...people.keys()]
      return (await rest.conversations.create({ type: 'group', title, participant_ids })).conversation_id
    }
    await aMoment()
  }
}

/** Whom one talks with. */
export type Circle = { conversationId: string; isGroup: boolean; nameOf: (userId: string) => string }

/** The conversation with one's friends, once all have accounts. */
export async function meet(client: Client, me: string, friends: readonly string[]): Promise<Circle> {
  const people = new Map<string, string>()
  for (const friend of friends) people.set(await findPerson(client, friend), friend)
  const nameOf = (userId: string) => people.get(userId) ?? 'somebody'
  if (people.size > 1) return { conversationId: await findGroup(client, me, people), isGroup: true, nameOf }
  const participant_ids = [...people.keys()]
  const { conversation_id } = await client.rest.conversations.create({ type: 'direct', participant_ids })
  return { conversationId: conversation_id, isGroup: false, nameOf }
}

/** The call that goes on in a conversation, as after the page was loaded anew. */
export async function findCall({ rest }: Client, conversation_id: string): Promise<string | undefined> {
  const { calls } = await rest.calls.list({ conversation_id })
  return calls.find(({ ended_at }) => ended_at === null)?.call_id
}
