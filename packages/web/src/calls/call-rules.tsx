import { Button } from '../controls/button.tsx'
import { words } from '../words/index.ts'
import type { Talk } from './talk.ts'

type RuleProps = { label: string; isOn: boolean; onChange: (isOn: boolean) => void }

function Rule({ label, isOn, onChange }: RuleProps) {
  return (
    <label class="panel-rule">
      <input
        type="checkbox"
        checked={isOn}
        onChange={({ currentTarget }) => {
          // It shows what is so: that changes once the call has changed.
          currentTarget.checked = isOn
          onChange(!isOn)
        }}
      />
      {label}
    </label>
  )
}

/** What hosts and co-hosts decide about the call as a whole. */
export function CallRules({ talk }: { talk: Talk }) {
  const { moderation: text } = words.calls
  const room = talk.room.value
  const details = room?.details
  if (!details) return null
  return (
    <div class="panel-rules">
      <Rule
        label={text.lobby}
        isOn={details.has_lobby}
        onChange={(has_lobby) => talk.attempt((ask) => ask('moderate.lobby', { has_lobby }))}
      />
      <Rule
        label={text.lock}
        isOn={details.is_locked}
        onChange={(is_locked) => talk.attempt((ask) => ask('moderate.lock', { is_locked }))}
      />
      {!talk.isEncrypted && (
        <Rule
          label={text.record}
          isOn={details.recording !== null}
          onChange={(isOn) => talk.attempt((ask) => ask(isOn ? 'recording.start' : 'recording.stop', {}))}
        />
      )}
      <div class="choices">
        <Button onClick={() => talk.attempt((ask) => ask('moderate.mute', { user_id: 'all' }))}>{text.muteAll}</Button>
        {room.own?.role === 'host' && (
          <Button kind="danger" onClick={() => talk.attempt((ask) => ask('moderate.end', {}))}>
            {text.endForAll}
          </Button>
        )}
      </div>
    </div>
  )
}
