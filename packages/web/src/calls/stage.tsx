import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { focusWriting } from '../chat/writing/focus-writing.ts'
import { words } from '../words/index.ts'
import { CallClock } from './call-clock.tsx'
import { CallSettings } from './call-settings.tsx'
import { isChatShown } from './current-talk.ts'
import { EndedCall } from './ended-call.tsx'
import { PeoplePanel } from './people-panel.tsx'
import { Picture } from './picture.tsx'
import { StageControls } from './stage-controls.tsx'
import { EncryptionMark, RecordingMark, StageNotices } from './stage-notices.tsx'
import { type Talk, titleOfTalk } from './talk.ts'
import { type Arrangement, TileWall } from './tile-wall.tsx'

/** What is to be known above the pictures: with whom, how long, and what is wrong. */
function Status({ talk }: { talk: Talk }) {
  const { calls: text } = words
  const title = titleOfTalk(talk)
  const phase = talk.phase.value
  const since = talk.room.value?.details?.answered_at
  const isAlone = phase.is === 'talking' && talk.room.value?.others.length === 0
  const state =
    phase.is === 'entering' ? text.entering : talk.isRinging.value ? text.ringing(title) : isAlone ? text.alone : ''
  return (
    <header class="stage-bar">
      <h2>{title}</h2>
      {since && phase.is === 'talking' && <CallClock since={since} />}
      {talk.isEncrypted && <EncryptionMark />}
      <RecordingMark talk={talk} />
      <p class="hint" role="status">
        {state}
      </p>
    </header>
  )
}

/** How one looks oneself, while nobody else is to be seen. */
function Mirror({ talk }: { talk: Talk }) {
  const { calls: text } = words
  const camera = talk.media.states.camera.value
  return (
    <div class="mirror">
      {'track' in camera && <Picture talk={talk} track={camera.track} consumerId={undefined} isMirrored />}
      <p>{talk.phase.value.is === 'waiting' ? text.waiting : text.entering}</p>
      {talk.phase.value.is === 'waiting' && <p class="hint">{text.waitingHint}</p>}
    </div>
  )
}

/** The call that one is in, whole. */
export function Stage({ talk }: { talk: Talk }) {
  const stage = useRef<HTMLElement>(null)
  const arrangement = useSignal<Arrangement | undefined>(undefined)
  const chosen = useSignal<string | undefined>(undefined)
  const arePeopleShown = useSignal(false)
  const areSettingsShown = useSignal(false)
  const phase = talk.phase.value
  const isScreenShown = talk.room.value?.tracks.some(({ source }) => source === 'screen') ?? false
  const shown = arrangement.value ?? (isScreenShown ? 'speaker' : 'grid')
  // Whoever has clicked what is gone now goes on with the keys here.
  useEffect(() => {
    stage.current?.focus()
    return focusWriting
  }, [])

  function arrange(next: Arrangement, key?: string): void {
    arrangement.value = next
    chosen.value = key
  }

  return (
    <section
      ref={stage}
      class={`stage ${isChatShown.value ? 'with-chat' : ''}`}
      tabIndex={-1}
      aria-label={words.calls.stage(titleOfTalk(talk))}
    >
      <Status talk={talk} />
      {phase.is === 'talking' && (
        <div class="stage-body">
          <TileWall
            talk={talk}
            arrangement={shown}
            chosen={chosen.value}
            onChoose={(key) =>
              shown === 'speaker' && chosen.value === key ? arrange('grid') : arrange('speaker', key)
            }
          />
          {arePeopleShown.value && <PeoplePanel talk={talk} onClose={() => (arePeopleShown.value = false)} />}
        </div>
      )}
      {(phase.is === 'entering' || phase.is === 'waiting') && <Mirror talk={talk} />}
      {phase.is === 'over' && <EndedCall talk={talk} outcome={phase.outcome} />}
      <StageNotices talk={talk} />
      {phase.is !== 'over' && (
        <StageControls
          talk={talk}
          isGrid={shown === 'grid'}
          onArrange={() => arrange(shown === 'grid' ? 'speaker' : 'grid')}
          arePeopleShown={arePeopleShown}
          areSettingsShown={areSettingsShown}
        />
      )}
      {areSettingsShown.value && <CallSettings talk={talk} onClose={() => (areSettingsShown.value = false)} />}
    </section>
  )
}
