/** Without letters and digits that people take for one another. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const groups = 6
const groupCharacters = 4

/** What people make up themselves: each guess at it costs a second, and whoever has stolen a backup has years. */
export const passphraseRule = { characters: 16, different: 8 } as const

/** Whether a passphrase is long and mixed enough not to be guessed soon. */
export function isStrong(passphrase: string): boolean {
  const characters = [...passphrase.normalize('NFKC')]
  return characters.length >= passphraseRule.characters && new Set(characters).size >= passphraseRule.different
}

/** A letter that is as likely as every other one. */
function pickLetter(): string {
  const most = 256 - (256 % alphabet.length)
  for (;;) {
    const [byte = most] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < most) return alphabet.charAt(byte % alphabet.length)
  }
}

/** A passphrase that nobody can guess, however fast: about 118 bits, to be written down. */
export function createPassphrase(): string {
  const group = () => Array.from({ length: groupCharacters }, pickLetter).join('')
  return Array.from({ length: groups }, group).join('-')
}
