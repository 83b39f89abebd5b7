import { icons } from '../controls/icons.tsx'
import { words } from '../words/index.ts'

/** A lock beside the name of what is encrypted. */
export function EncryptedMark() {
  return (
    <span class="encrypted-mark" title={words.encryption.encrypted}>
      {icons.lock}
      <span class="for-readers">{words.encryption.encrypted}</span>{' '}
    </span>
  )
}
