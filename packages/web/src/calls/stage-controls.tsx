import type { Signal } from '@preact/signals'
import { icons } from '../controls/icons.tsx'
import { words } from '../words/index.ts'
import { callIcons } from './call-icons.tsx'
import { Control } from './control.tsx'
import { isChatShown } from './current-talk.ts'
import { OwnControls } from './own-controls.tsx'
import type { Talk } from './talk.ts'

type Props = {
  talk: Talk
  isGrid: boolean
  onArrange: () => void
  arePeopleShown: Signal<boolean>
  areSettingsShown: Signal<boolean>
}

/** Asks to be heard, in a call of several. */
function HandControl({ talk }: { talk: Talk }) {
  const { controls: text } = words.calls
  const isRaised = Boolean(talk.room.value?.own?.hand_raised_at)
  return (
    <Control
      label={isRaised ? text.lowerHand : text.raiseHand}
      icon={callIcons.hand}
      isPressed={isRaised}
      onClick={() => void talk.attempt((ask) => ask('hand.raise', { is_raised: !isRaised }))}
    />
  )
}

/** All that one may do in a call at any time. */
export function StageControls({ talk, isGrid, onArrange, arePeopleShown, areSettingsShown }: Props) {
  const { controls: text } = words.calls
  const isTalking = talk.phase.value.is === 'talking'
  const count = (talk.room.value?.others.length ?? 0) + 1
  return (
    <div class="call-controls" role="toolbar" aria-label={text.title}>
      <OwnControls talk={talk} />
      {isTalking && talk.isGroup && <HandControl talk={talk} />}
      {isTalking && (
        <>
          <Control
            label={isGrid ? text.asSpeaker : text.asGrid}
            icon={isGrid ? callIcons.speaker : callIcons.grid}
            isOnlyWide
            onClick={onArrange}
          />
          <Control
            label={text.people(count)}
            icon={icons.people}
            isPressed={arePeopleShown.value}
            onClick={() => (arePeopleShown.value = !arePeopleShown.value)}
          />
        </>
      )}
      <Control
        label={isChatShown.value ? text.hideChat : text.showChat}
        icon={callIcons.chat}
        isPressed={isChatShown.value}
        onClick={() => (isChatShown.value = !isChatShown.value)}
      />
      <Control label={text.settings} icon={icons.settings} onClick={() => (areSettingsShown.value = true)} />
      <Control label={text.hangUp} icon={callIcons.hangUp} kind="danger" onClick={() => void talk.hangUp()} />
    </div>
  )
}
