/** Without letters and digits that people take for one another. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const groups = 6
const groupCharacters = 4

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
