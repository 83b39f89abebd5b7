import { Button } from '../../controls/button.tsx'
import { Panel } from '../../controls/panel.tsx'
import { Standing } from '../../encryption/encryption-notices.tsx'
import { needDevice, ownDevice } from '../../encryption/own-device.ts'
import { words } from '../../words/index.ts'

/** How this browser stands as a device for encrypted conversations. */
export function ThisDevicePanel() {
  const { own: text } = words.trust
  const { is } = ownDevice.value
  return (
    <Panel title={text.title} hint={is === 'open' ? text.open : text.hint}>
      <Standing />
      {is === 'unneeded' && <Button onClick={needDevice}>{text.begin}</Button>}
    </Panel>
  )
}
