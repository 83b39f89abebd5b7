import { Button } from '../../controls/button.tsx'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { FoundMessage } from '../messages/found-message.tsx'
import { showMessage, useTalk } from '../talk.ts'
import { pinsOf, setPin } from './pins.ts'

/** All that is pinned in a conversation. */
export function PinsPanel() {
  const talk = useTalk()
  const pins = pinsOf(talk.conversationId)
  const { pins: text } = words
  if (pins.length === 0) return <p class="hint">{text.none}</p>
  return (
    <ul class="found">
      {pins.map(({ message, pinned_by }) => (
        <li key={message.message_id}>
          <FoundMessage message={message} onGo={() => showMessage(talk, message.seq)} />
          <p class="pin-note">
            <span class="hint">{pinned_by && text.by(nameOf(pinned_by))}</span>
            <Button kind="quiet" onClick={() => setPin(message, false)}>
              {text.unpin}
            </Button>
          </p>
        </li>
      ))}
    </ul>
  )
}
