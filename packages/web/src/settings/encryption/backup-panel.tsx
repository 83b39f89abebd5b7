import { useSignal } from '@preact/signals'
import type { BackupStanding, KeyBackup } from '@secureconnect/sdk/encryption'
import { Confirmed } from '../../chat/details/confirmed.tsx'
import { ActButton } from '../../controls/act-button.tsx'
import { Button } from '../../controls/button.tsx'
import { Loaded, useAnswer } from '../../controls/loaded.tsx'
import { Panel } from '../../controls/panel.tsx'
import { words } from '../../words/index.ts'
import { wholeTimeOf } from '../../words/times.ts'
import { NewPassphrase } from './new-passphrase.tsx'
import { RestoreForm } from './restore-form.tsx'

type Saved = Exclude<BackupStanding, { is: 'none' }>
type Props = { backup: KeyBackup; onChanged: () => void }

function Deleting({ backup, onChanged }: Props) {
  const { backup: text } = words.trust
  const remove = () => backup.remove().then(onChanged)
  return <Confirmed label={text.remove} question={text.removing} onConfirm={remove} />
}

/** A backup that this device keeps up to date. */
function Kept({ backup, onChanged, savedAt }: Props & Saved) {
  const { backup: text } = words.trust
  const isChanging = useSignal(false)
  if (isChanging.value) {
    return (
      <NewPassphrase
        submit={text.change}
        onChosen={async (passphrase) => {
          await backup.make(passphrase)
          isChanging.value = false
          onChanged()
        }}
        onCancel={() => (isChanging.value = false)}
      />
    )
  }
  return (
    <>
      <p>{text.kept(wholeTimeOf(savedAt))}</p>
      <div class="choices">
        <ActButton onAct={() => backup.refresh().then(onChanged)}>{text.refresh}</ActButton>
        <Button onClick={() => (isChanging.value = true)}>{text.change}</Button>
      </div>
      <Deleting backup={backup} onChanged={onChanged} />
    </>
  )
}

/** A backup of which this device has not the passphrase. */
function Locked({ backup, onChanged, savedAt, triesLeft }: Props & Saved) {
  const { backup: text } = words.trust
  return (
    <>
      <p>{text.locked(wholeTimeOf(savedAt))}</p>
      <RestoreForm backup={backup} triesLeft={triesLeft} onRestored={onChanged} />
      <p class="hint">{text.forgotten}</p>
      <Deleting backup={backup} onChanged={onChanged} />
    </>
  )
}

/** What brings back on a new device what was read before: made, changed, restored and deleted here. */
export function BackupPanel({ backup }: { backup: KeyBackup }) {
  const { backup: text } = words.trust
  const standing = useAnswer(() => backup.look(), [backup])
  const props = { backup, onChanged: standing.again }
  return (
    <Panel title={text.title} hint={text.hint}>
      <Loaded of={standing}>
        {(found) => {
          if (found.is === 'kept') return <Kept {...props} {...found} />
          if (found.is === 'locked') return <Locked {...props} {...found} />
          const make = (passphrase: string) => backup.make(passphrase).then(standing.again)
          return <NewPassphrase submit={text.make} onChosen={make} />
        }}
      </Loaded>
    </Panel>
  )
}
