import { randomBytes } from 'node:crypto'

const count = 10
const characters = 10
/** No letter that looks like a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

function generateCode(): string {
  const text = Array.from(randomBytes(characters), (byte) => alphabet[byte % alphabet.length]).join('')
  return `${text.slice(0, 5)}-${text.slice(5)}`
}

/** Ten codes of 50 random bits each, for who lost the app. */
export function generateRecoveryCodes(): string[] {
  return Array.from({ length: count }, generateCode)
}
