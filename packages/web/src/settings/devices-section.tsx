import type { Session } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { ActButton } from '../controls/act-button.tsx'
import { Loaded, useAnswer } from '../controls/loaded.tsx'
import { Panel } from '../controls/panel.tsx'
import { words } from '../words/index.ts'
import { shortTimeOf } from '../words/times.ts'
import { PushPanel } from './push-panel.tsx'

type Props = { session: Session; onEnded: () => void }

function SessionRow({
  session: { session_id, device_name, network, created_at, last_used_at, is_current },
  onEnded,
}: Props) {
  const { devices: text } = words.settings
  const name = device_name ?? text.unnamed
  return (
    <li class="row">
      <div class="row-text">
        <p class="row-line">
          {name} {is_current && <span class="tag">{text.current}</span>}
        </p>
        <p class="hint">
          {text.from(network)} · {text.used(shortTimeOf(last_used_at))} · {text.since(shortTimeOf(created_at))}
        </p>
      </div>
      {!is_current && (
        <ActButton
          label={text.endNamed(name)}
          onAct={async () => {
            await client.rest.sessions.end({ session_id })
            onEnded()
          }}
        >
          {text.end}
        </ActButton>
      )}
    </li>
  )
}

/** Where one is signed in, and what pushes go to. */
export function DevicesSection() {
  const { devices: text } = words.settings
  const sessions = useAnswer(() => client.rest.sessions.list())

  async function endOthers(others: readonly Session[]): Promise<void> {
    await Promise.all(others.map(({ session_id }) => client.rest.sessions.end({ session_id }))).finally(sessions.again)
  }

  return (
    <>
      <Panel title={text.sessions} hint={text.sessionsHint}>
        <Loaded of={sessions}>
          {({ sessions: all }) => {
            const others = all.filter(({ is_current }) => !is_current)
            return (
              <>
                <ul class="rows">
                  {all.map((session) => (
                    <SessionRow key={session.session_id} session={session} onEnded={sessions.again} />
                  ))}
                </ul>
                {others.length > 0 && (
                  <ActButton kind="danger" onAct={() => endOthers(others)}>
                    {text.endOthers}
                  </ActButton>
                )}
              </>
            )
          }}
        </Loaded>
      </Panel>
      <PushPanel />
    </>
  )
}
