import { useSignal } from '@preact/signals'
import { Button } from '../controls/button.tsx'
import { Switch } from '../controls/switch.tsx'
import { words } from '../words/index.ts'
import { choices, choose } from './choices.ts'
import { playTone } from './play-tone.ts'

type Permission = NotificationPermission | 'none'

const readPermission = (): Permission => ('Notification' in globalThis ? Notification.permission : 'none')

/** What this browser shows and lets be heard while nobody looks at the page. It is asked for here, and never before. */
export function NoticesSection() {
  const permission = useSignal<Permission>(readPermission())
  const { isShown, isHeard } = choices.value
  const { notices } = words

  async function turnOn(): Promise<void> {
    permission.value = await Notification.requestPermission()
    if (permission.value === 'granted') await choose({ isShown: true })
  }
  function hear(isWanted: boolean): void {
    void choose({ isHeard: isWanted })
    if (isWanted) playTone()
  }
  const isOn = isShown && permission.value === 'granted'
  return (
    <>
      <div class="panel">
        <h2>{notices.shownTitle}</h2>
        <p class="hint">{notices.shownHint}</p>
        {permission.value === 'none' && <p class="notice">{notices.unable}</p>}
        {permission.value === 'denied' && (
          <p class="notice error" role="alert">
            {notices.denied}
          </p>
        )}
        <p class="choices">
          {isOn ? (
            <Button onClick={() => choose({ isShown: false })}>{notices.turnOff}</Button>
          ) : (
            <Button kind="primary" onClick={turnOn} isDisabled={permission.value === 'none'}>
              {notices.turnOn}
            </Button>
          )}
        </p>
        <p role="status">{isOn && notices.isOn}</p>
      </div>
      <div class="panel">
        <h2>{notices.heardTitle}</h2>
        <Switch label={notices.heard} isOn={isHeard} onChange={hear} />
      </div>
    </>
  )
}
