import { useSignal } from '@preact/signals'
import { client } from '../app/client.ts'
import { Loaded, useAnswer } from '../controls/loaded.tsx'
import { Panel } from '../controls/panel.tsx'
import { Switch } from '../controls/switch.tsx'
import { explain } from '../words/explain.ts'
import { words } from '../words/index.ts'
import { BlockedPanel } from './blocked-panel.tsx'

/** Whether others see what one has got and read. */
function ReceiptsSwitch() {
  const { privacy: text } = words.settings
  const preferences = useAnswer(() => client.rest.receipts.getPreferences())
  const fault = useSignal<string | undefined>(undefined)

  async function change(show_receipts: boolean): Promise<void> {
    fault.value = undefined
    preferences.put({ show_receipts })
    await client.rest.receipts.setPreferences({ show_receipts }).catch((error) => {
      fault.value = explain(error)
      preferences.put({ show_receipts: !show_receipts })
    })
  }

  return (
    <Loaded of={preferences}>
      {({ show_receipts: isOn }) => (
        <>
          <Switch label={text.receipts} hint={text.receiptsHint} isOn={isOn} onChange={change} />
          {fault.value && (
            <p class="error" role="alert">
              {fault.value}
            </p>
          )}
        </>
      )}
    </Loaded>
  )
}

export function PrivacySection() {
  const { privacy: text } = words.settings
  return (
    <>
      <Panel title={text.seen} hint={text.statusHint}>
        <ReceiptsSwitch />
      </Panel>
      <BlockedPanel />
    </>
  )
}
