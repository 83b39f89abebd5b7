import { useSignal } from '@preact/signals'
import type { PushToken } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { ActButton } from '../controls/act-button.tsx'
import { Loaded, useAnswer } from '../controls/loaded.tsx'
import { Panel } from '../controls/panel.tsx'
import { choose } from '../notices/choices.ts'
import { keepPush } from '../notices/push/keep-push.ts'
import { words } from '../words/index.ts'
import { shortTimeOf } from '../words/times.ts'

function TokenList({ tokens, onChange }: { tokens: readonly PushToken[]; onChange: () => void }) {
  const { push: text, current } = words.settings.devices
  const said = useSignal('')

  async function test(): Promise<void> {
    const { tokens: count } = await client.rest.push.test()
    said.value = text.tested(count)
  }
  async function stop(): Promise<void> {
    await client.rest.push.removeAll()
    await choose({ isShown: false })
    await keepPush()
    onChange()
  }

  if (tokens.length === 0) return <p class="hint">{text.none}</p>
  return (
    <>
      <ul class="rows">
        {tokens.map(({ token_id, platform, is_current, registered_at }) => (
          <li key={token_id} class="row">
            <div class="row-text">
              <p class="row-line">
                {text.platforms[platform]} {is_current && <span class="tag">{current}</span>}
              </p>
              <p class="hint">{text.since(shortTimeOf(registered_at))}</p>
            </div>
          </li>
        ))}
      </ul>
      <div class="choices">
        <ActButton onAct={test}>{text.test}</ActButton>
        <ActButton kind="danger" onAct={stop}>
          {text.stop}
        </ActButton>
      </div>
      <p class="hint" role="status">
        {said}
      </p>
    </>
  )
}

/** Which devices are told of messages while nobody looks at them. */
export function PushPanel() {
  const { push: text } = words.settings.devices
  const devices = useAnswer(() => client.rest.push.list())
  return (
    <Panel title={text.title} hint={text.hint}>
      <Loaded of={devices}>{({ tokens }) => <TokenList tokens={tokens} onChange={devices.again} />}</Loaded>
    </Panel>
  )
}
