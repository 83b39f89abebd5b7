import type { Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { usePages } from '../../app/use-pages.ts'
import { Dialog } from '../../controls/dialog.tsx'
import { MoreOfPages } from '../../controls/more-of-pages.tsx'
import { PersonLine } from '../../people/person-line.tsx'
import { words } from '../../words/index.ts'

/** Everybody who reacted to a message, and with what. */
export function ReactorsDialog({ message: { message_id }, onClose }: { message: Message; onClose: () => void }) {
  const pages = usePages(
    async (cursor) => {
      const { reactions, next_cursor } = await client.rest.reactions.list({ message_id, limit: 100, ...cursor })
      return { items: reactions, next_cursor }
    },
    [message_id],
  )
  return (
    <Dialog title={words.messages.reactors} onClose={onClose}>
      <ul class="people">
        {pages.items.value.map(({ user_id, emoji }) => (
          <PersonLine key={`${user_id} ${emoji}`} userId={user_id}>
            <span>{emoji}</span>
          </PersonLine>
        ))}
      </ul>
      <MoreOfPages pages={pages} />
    </Dialog>
  )
}
