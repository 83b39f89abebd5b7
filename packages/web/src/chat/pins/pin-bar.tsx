import { icons } from '../../controls/icons.tsx'
import { words } from '../../words/index.ts'
import { textOf } from '../messages/text-of.ts'
import { useTalk } from '../talk.ts'
import { pinsOf } from './pins.ts'

/** What was pinned last, in sight of everybody. */
export function PinBar() {
  const { conversationId, timeline, panel } = useTalk()
  const pins = pinsOf(conversationId)
  const [latest] = pins
  if (!latest) return null
  const { message } = latest
  return (
    <div class="pin-bar">
      {icons.pin}
      <button class="bare pinned" type="button" onClick={() => timeline.goTo(message.seq)}>
        {textOf(message)}
      </button>
      <button class="bare" type="button" onClick={() => (panel.value = 'pins')}>
        {words.pins.all(pins.length)}
      </button>
    </div>
  )
}
