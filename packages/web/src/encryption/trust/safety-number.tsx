import { useSignal } from '@preact/signals'
import type { Encryption } from '@secureconnect/sdk/encryption'
import { ActButton } from '../../controls/act-button.tsx'
import { IconButton } from '../../controls/button.tsx'
import { Dialog } from '../../controls/dialog.tsx'
import { icons } from '../../controls/icons.tsx'
import { Loaded, useAnswer } from '../../controls/loaded.tsx'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { openDevice } from '../own-device.ts'
import { useKnownPerson } from './use-known-person.ts'

type Known = Encryption['known']

/** The digits, and that they were compared; another device of either makes other ones. */
function Comparison({ known, userId }: { known: Known; userId: string }) {
  const { numbers: text } = words.trust
  const person = useKnownPerson(userId)
  const hasChanged = useSignal(false)
  const name = nameOf(userId)
  const devices = person?.devices.map(({ deviceId }) => deviceId).join(' ')
  const number = useAnswer(() => known.safetyNumberWith(userId), [known, userId, devices])
  if (person?.devices.length === 0) return <p class="hint">{text.noDevices(name)}</p>

  async function verify(compared: string): Promise<void> {
    hasChanged.value = !(await known.verify(userId, compared))
    if (hasChanged.value) number.again()
  }

  return (
    <Loaded of={number}>
      {(digits) => (
        <div class="form">
          {person?.trust === 'changed' && (
            <p class="notice error" role="alert">
              {text.warning(name)}
            </p>
          )}
          <p>{text.hint(name)}</p>
          <ol class="safety-number" aria-label={text.title(name)}>
            {digits.split(' ').map((group, at) => (
              // The same five digits may come twice; their place is what tells them apart.
              <li key={`${at}`}>{group}</li>
            ))}
          </ol>
          {hasChanged.value && (
            <p class="notice" role="alert">
              {text.changedMeanwhile}
            </p>
          )}
          {person?.trust === 'verified' ? (
            <p class="notice" role="status">
              {text.done(name)}
            </p>
          ) : (
            <ActButton onAct={() => verify(digits)}>{text.verify}</ActButton>
          )}
        </div>
      )}
    </Loaded>
  )
}

/** Has two people find out whether somebody stands between them: a button, and what it opens. */
export function SafetyNumber({ userId }: { userId: string }) {
  const { numbers: text } = words.trust
  const isOpen = useSignal(false)
  const known = openDevice.value?.encryption.known
  const name = nameOf(userId)
  if (!known) return null
  return (
    <>
      <IconButton label={text.compare(name)} icon={icons.key} onClick={() => (isOpen.value = true)} />
      {isOpen.value && (
        <Dialog title={text.title(name)} onClose={() => (isOpen.value = false)}>
          <Comparison known={known} userId={userId} />
        </Dialog>
      )}
    </>
  )
}
