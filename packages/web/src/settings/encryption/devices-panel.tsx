import type { Device } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { Confirmed } from '../../chat/details/confirmed.tsx'
import { Loaded, useAnswer } from '../../controls/loaded.tsx'
import { Panel } from '../../controls/panel.tsx'
import { words } from '../../words/index.ts'
import { shortTimeOf } from '../../words/times.ts'

function DeviceRow({ device, onRemoved }: { device: Device; onRemoved: () => void }) {
  const { devices: text } = words.trust
  const { device_id, name, is_current, identity_key, created_at } = device
  const remove = async () => {
    await client.rest.devices.remove({ device_id })
    onRemoved()
  }
  return (
    <li class="row">
      <div class="row-text">
        <p class="row-line">
          {name} {is_current && <span class="tag">{text.current}</span>}
        </p>
        <p class="hint">
          {text.since(shortTimeOf(created_at))}
          {identity_key === null && ` · ${text.noKeys}`}
        </p>
      </div>
      {!is_current && <Confirmed label={text.remove(name)} question={text.removing} onConfirm={remove} />}
    </li>
  )
}

/** The devices that read one's encrypted conversations; whoever finds one that is not his takes it out. */
export function EncryptionDevicesPanel() {
  const { devices: text } = words.trust
  const devices = useAnswer(() => client.rest.devices.list())
  return (
    <Panel title={text.title} hint={text.hint}>
      <Loaded of={devices}>
        {({ devices: all }) =>
          all.length === 0 ? (
            <p class="hint">{text.none}</p>
          ) : (
            <ul class="rows">
              {all.map((device) => (
                <DeviceRow key={device.device_id} device={device} onRemoved={devices.again} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  )
}
