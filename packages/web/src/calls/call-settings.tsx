import { Dialog } from '../controls/dialog.tsx'
import { words } from '../words/index.ts'
import { type DeviceKind, deviceChoice } from './device-choice.ts'
import { useDevices } from './devices.ts'
import { LevelMeter } from './level-meter.tsx'
import { Picture } from './picture.tsx'
import { pictureQualities } from './picture-quality.ts'
import type { Talk } from './talk.ts'

type SelectProps = {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
}

function Select({ label, value, options, onChange }: SelectProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  )
}

function DeviceSelect({ talk, kind, known }: { talk: Talk; kind: DeviceKind; known: readonly MediaDeviceInfo[] }) {
  const { settings: text } = words.calls
  const options = known.map(({ deviceId, label }, at) => ({
    value: deviceId,
    label: label || text.unnamed(text.devices[kind], at + 1),
  }))
  return (
    <Select
      label={text.devices[kind]}
      value={deviceChoice.value[kind] ?? ''}
      options={[{ value: '', label: text.usual }, ...options.filter(({ value }) => value !== '')]}
      onChange={(id) => talk.useDevice(kind, id === '' ? undefined : id)}
    />
  )
}

/** Which devices one uses, how one sounds and looks, and how much of the others' pictures is to come. */
export function CallSettings({ talk, onClose }: { talk: Talk; onClose: () => void }) {
  const { settings: text } = words.calls
  const devices = useDevices()
  const { mic, camera } = talk.media.states
  return (
    <Dialog title={text.title} onClose={onClose}>
      <DeviceSelect talk={talk} kind="mic" known={devices.mic} />
      {'track' in mic.value ? <LevelMeter track={mic.value.track} /> : <p class="hint">{text.micOff}</p>}
      {devices.speaker.length > 0 && <DeviceSelect talk={talk} kind="speaker" known={devices.speaker} />}
      <DeviceSelect talk={talk} kind="camera" known={devices.camera} />
      <div class="camera-preview">
        {'track' in camera.value ? (
          <Picture talk={talk} track={camera.value.track} consumerId={undefined} isMirrored />
        ) : (
          <p class="hint">{text.cameraOff}</p>
        )}
      </div>
      <Select
        label={text.quality}
        value={talk.pictureQuality.value}
        options={pictureQualities.map((value) => ({ value, label: text.qualities[value] }))}
        onChange={(value) => talk.receive(value)}
      />
    </Dialog>
  )
}
