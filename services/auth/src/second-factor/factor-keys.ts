import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { deriveKey } from '@secureconnect/tokens'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** Keeps second factors in the database in a form that is worth nothing without our key, or in another one's row. */
export type FactorKeys = {
  seal: (secret: Buffer, userId: string) => Buffer
  open: (sealed: Buffer, userId: string) => Buffer
  hashRecoveryCode: (code: string, userId: string) => Buffer
}

export function createFactorKeys(refreshKey: string): FactorKeys {
  const secretKey = deriveKey(refreshKey, 'totp secret')
  const codeKey = deriveKey(refreshKey, 'recovery code')
  return {
    seal(secret, userId) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, secretKey, nonce, { authTagLength: tagBytes }).setAAD(
        Buffer.from(userId),
      )
      return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed, userId) {
      const nonce = sealed.subarray(0, nonceBytes)
      const decipher = createDecipheriv(algorithm, secretKey, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(userId)).setAuthTag(sealed.subarray(-tagBytes))
      return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
    },
    hashRecoveryCode(code, userId) {
      const written = code.toLowerCase().replace('-', '')
      return createHmac('sha256', codeKey).update(`${userId} ${written}`).digest()
    },
  }
}
