import type { Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { Dialog } from '../../controls/dialog.tsx'
import { Loaded, useAnswer } from '../../controls/loaded.tsx'
import { PersonLine } from '../../people/person-line.tsx'
import { words } from '../../words/index.ts'

function People({ title, ids }: { title: string; ids: readonly string[] }) {
  if (ids.length === 0) return null
  return (
    <section>
      <h3>{title}</h3>
      <ul class="people">
        {ids.map((id) => (
          <PersonLine key={id} userId={id} />
        ))}
      </ul>
    </section>
  )
}

/** Who has read a message of one's own, and whom it has reached. */
export function ReadersDialog({ message: { message_id }, onClose }: { message: Message; onClose: () => void }) {
  const { receipts: text } = words
  const readers = useAnswer(() => client.rest.receipts.listOfMessage({ message_id }), [message_id])
  return (
    <Dialog title={words.messages.readers} onClose={onClose}>
      <Loaded of={readers}>
        {({ read_by, delivered_to }) => (
          <>
            {delivered_to.length + read_by.length === 0 && <p class="hint">{text.nobody}</p>}
            <People title={text.read} ids={read_by} />
            <People title={text.delivered} ids={delivered_to.filter((id) => !read_by.includes(id))} />
          </>
        )}
      </Loaded>
    </Dialog>
  )
}
