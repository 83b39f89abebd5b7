import { ApiError, type Client } from '@secureconnect/sdk'

const password = 'seven quiet harbours'

/** Signs in; whoever has no account yet gets one. */
export async function enter(client: Client, username: string): Promise<void> {
  try {
    await client.register({ username, email: `${username}@example.org`, password, display_name: username })
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error
    await client.signIn({ username, password })
  }
}

/** The conversation with a friend, once he has an account. */
export async function meet({ rest }: Client, friend: string): Promise<string> {
  for (;;) {
    const { users } = await rest.people.search({ q: friend })
    const found = users.find(({ username }) => username === friend)
    if (found) {
      const { conversation_id } = await rest.conversations.create({
        type: 'direct',
        participant_ids: [found.user_id],
      })
      return conversation_id
    }
    await new Promise((done) => setTimeout(done, 1_000))
  }
}

/** The call that goes on in a conversation, as after the page was loaded anew. */
export async function findCall({ rest }: Client, conversation_id: string): Promise<string | undefined> {
  const { calls } = await rest.calls.list({ conversation_id })
  return calls.find(({ ended_at }) => ended_at === null)?.call_id
}
