import { limits } from '@secureconnect/protocol/constants'
import { client } from '../../app/client.ts'
import { attempt } from '../../controls/attempt.ts'
import { Button } from '../../controls/button.tsx'
import { Loaded, useAnswer } from '../../controls/loaded.tsx'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { Confirmed } from './confirmed.tsx'

/** Whether one has blocked somebody. */
async function isBlocked(userId: string): Promise<boolean> {
  let cursor: { cursor?: string } | undefined = {}
  while (cursor) {
    const page: Awaited<ReturnType<typeof client.rest.people.listBlocked>> = await client.rest.people.listBlocked({
      limit: limits.pageItems.max,
      ...cursor,
    })
    if (page.blocked_users.some(({ user_id }) => user_id === userId)) return true
    cursor = page.next_cursor === null ? undefined : { cursor: page.next_cursor }
  }
  return false
}

/** Keeps the other one of two from writing, or lets him again. */
export function PeerActions({ userId }: { userId: string }) {
  const { details: text } = words
  const blocked = useAnswer(() => isBlocked(userId), [userId])
  const name = nameOf(userId)
  return (
    <section class="setting-group">
      <Loaded of={blocked}>
        {(is) =>
          is ? (
            <Button
              onClick={() =>
                attempt(async () => {
                  await client.rest.people.unblock({ user_id: userId })
                  blocked.put(false)
                })
              }
            >
              {text.unblock(name)}
            </Button>
          ) : (
            <Confirmed
              label={text.block(name)}
              question={text.blocking}
              onConfirm={async () => {
                await client.rest.people.block({ user_id: userId })
                blocked.put(true)
              }}
            />
          )
        }
      </Loaded>
    </section>
  )
}
