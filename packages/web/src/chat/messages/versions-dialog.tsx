import type { Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { Dialog } from '../../controls/dialog.tsx'
import { Loaded, useAnswer } from '../../controls/loaded.tsx'
import { words } from '../../words/index.ts'
import { wholeTimeOf } from '../../words/times.ts'

/** What a message said before it was changed. */
export function VersionsDialog({ message: { message_id }, onClose }: { message: Message; onClose: () => void }) {
  const history = useAnswer(() => client.rest.messages.history({ message_id }), [message_id])
  return (
    <Dialog title={words.messages.versions} onClose={onClose}>
      <Loaded of={history}>
        {({ versions }) => (
          <ol class="versions">
            {versions.map(({ content, created_at }) => (
              <li key={created_at}>
                <time class="hint" dateTime={created_at}>
                  {wholeTimeOf(created_at)}
                </time>
                <p class="written">{content}</p>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Dialog>
  )
}
