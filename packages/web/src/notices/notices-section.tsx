import { useSignal } from '@preact/signals'
import { Button } from '../controls/button.tsx'
import { Switch } from '../controls/switch.tsx'
import { words } from '../words/index.ts'
import { choices, choose } from './choices.ts'
import { playTone } from './play-tone.ts'
import { keepPush, pushStanding } from './push/keep-push.ts'

type Permission = NotificationPermission | 'unable' | 'insecure' | 'undecided'

function readPermission(): Permission {
  if (!isSecureContext) return 'insecure'
  return 'Notification' in globalThis && 'serviceWorker' in navigator ? Notification.permission : 'unable'
}

/** Why nothing is shown, where that is not what was chosen. */
function Obstacle({ permission }: { permission: Permission }) {
  const { notices } = words
  if (permission === 'granted' || permission === 'default') return null
  if (permission !== 'denied') return <p class="notice">{notices[permission]}</p>
  return (
    <p class="notice error" role="alert">
      {notices.denied}
    </p>
  )
}

/** What this browser shows and lets be heard while nobody looks at the page. It is asked for here, and never before. */
export function NoticesSection() {
  const permission = useSignal<Permission>(readPermission())
  const { isShown, isHeard } = choices.value
  const { notices } = words

  async function turnOn(): Promise<void> {
    const chosen = await Notification.requestPermission()
    permission.value = chosen === 'default' ? 'undecided' : chosen
    if (chosen === 'granted') await show(true)
  }
  async function show(isWanted: boolean): Promise<void> {
    await choose({ isShown: isWanted })
    await keepPush()
  }
  function hear(isWanted: boolean): void {
    void choose({ isHeard: isWanted })
    if (isWanted) playTone()
  }
  const { value: push } = pushStanding
  const isHopeless = permission.value === 'unable' || permission.value === 'insecure'
  const isOn = isShown && permission.value === 'granted'
  return (
    <>
      <div class="panel">
        <h2>{notices.shownTitle}</h2>
        <p class="hint">{notices.shownHint}</p>
        <Obstacle permission={permission.value} />
        <p class="choices">
          {isOn ? (
            <Button onClick={() => show(false)}>{notices.turnOff}</Button>
          ) : (
            <Button kind="primary" onClick={turnOn} isDisabled={isHopeless}>
              {notices.turnOn}
            </Button>
          )}
        </p>
        <p role="status">{isOn && [notices.isOn, push && notices.push[push]].filter(Boolean).join(' ')}</p>
      </div>
      <div class="panel">
        <h2>{notices.heardTitle}</h2>
        <Switch label={notices.heard} isOn={isHeard} onChange={hear} />
      </div>
    </>
  )
}
