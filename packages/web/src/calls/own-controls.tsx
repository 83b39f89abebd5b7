import { words } from '../words/index.ts'
import { callIcons } from './call-icons.tsx'
import { Control } from './control.tsx'
import type { Talk } from './talk.ts'

/** Whether one is heard, seen, and what of one's screen is. */
export function OwnControls({ talk, isSmall = false }: { talk: Talk; isSmall?: boolean }) {
  const { controls: text } = words.calls
  const { states } = talk.media
  const held = talk.room.value?.own?.held_sources ?? []
  const { mic, camera, screen } = states
  const isHeard = mic.value.is === 'on'
  const isSeen = camera.value.is === 'on'
  const isSharing = screen.value.is === 'on'
  const toggle = (source: keyof typeof states) => () => void talk.media.toggle(source)
  const canShare = 'getDisplayMedia' in (navigator.mediaDevices ?? {})
  return (
    <>
      <Control
        label={isHeard ? text.mute : text.unmute}
        icon={isHeard ? callIcons.mic : callIcons.micOff}
        kind={isHeard ? 'plain' : 'off'}
        isDisabled={mic.value.is === 'opening' || held.includes('mic')}
        {...(held.includes('mic') && { hint: text.mutedByHost })}
        onClick={toggle('mic')}
      />
      <Control
        label={isSeen ? text.cameraOff : text.cameraOn}
        icon={isSeen ? callIcons.camera : callIcons.cameraOff}
        kind={isSeen ? 'plain' : 'off'}
        isDisabled={camera.value.is === 'opening' || held.includes('camera')}
        {...(held.includes('camera') && { hint: text.stoppedByHost })}
        onClick={toggle('camera')}
      />
      {canShare && !isSmall && talk.phase.value.is === 'talking' && (
        <Control
          label={isSharing ? text.stopSharing : text.share}
          icon={callIcons.screen}
          isPressed={isSharing}
          isDisabled={screen.value.is === 'opening' || held.includes('screen')}
          {...(held.includes('screen') && { hint: text.stoppedByHost })}
          onClick={toggle('screen')}
        />
      )}
    </>
  )
}
