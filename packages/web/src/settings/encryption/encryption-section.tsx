import { openDevice } from '../../encryption/own-device.ts'
import { BackupPanel } from './backup-panel.tsx'
import { EncryptionDevicesPanel } from './devices-panel.tsx'
import { ThisDevicePanel } from './this-device-panel.tsx'

/** Which devices read one's encrypted conversations, and what brings those back to a new one. */
export function EncryptionSection() {
  const device = openDevice.value
  return (
    <>
      <ThisDevicePanel />
      <EncryptionDevicesPanel key={device?.encryption.device.deviceId ?? ''} />
      {device && <BackupPanel backup={device.encryption.backup} />}
    </>
  )
}
