import { conversationPath, go } from '../app/router.ts'
import { words } from '../words/index.ts'
import { CallClock } from './call-clock.tsx'
import { callIcons } from './call-icons.tsx'
import { Control } from './control.tsx'
import { isChatShown } from './current-talk.ts'
import { OwnControls } from './own-controls.tsx'
import { type Talk, titleOfTalk } from './talk.ts'

/** The call that one is in, in one line, while one reads something else. */
export function CallBar({ talk }: { talk: Talk }) {
  const { calls: text } = words
  const since = talk.room.value?.details?.answered_at

  function goBack(): void {
    isChatShown.value = false
    go(conversationPath(talk.conversationId))
  }

  return (
    <section class="call-bar" aria-label={text.stage(titleOfTalk(talk))}>
      <button type="button" class="call-bar-title" onClick={goBack}>
        <span>{titleOfTalk(talk)}</span>
        {since && talk.phase.value.is === 'talking' && <CallClock since={since} />}
        <span class="for-readers">{text.controls.back}</span>
      </button>
      <OwnControls talk={talk} isSmall />
      <Control label={text.controls.back} icon={callIcons.enlarge} onClick={goBack} />
      <Control label={text.controls.hangUp} icon={callIcons.hangUp} kind="danger" onClick={() => void talk.hangUp()} />
    </section>
  )
}
