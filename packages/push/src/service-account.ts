import { createPrivateKey, type KeyObject } from 'node:crypto'
import { SettingFault } from '@secureconnect/config'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

const Document = Compile(
  Type.Object({
    project_id: Type.String({ minLength: 1 }),
    client_email: Type.String({ minLength: 3 }),
    private_key: Type.String({ minLength: 1 }),
    token_uri: Type.String({ pattern: '^https?://' }),
  }),
)

/** Who sends pushes, as Firebase knows it. */
export type ServiceAccount = { projectId: string; clientEmail: string; privateKey: KeyObject; tokenUri: string }

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

/** Reads the file that the Firebase console gives for a service account. */
export function parseServiceAccount(text: string): ServiceAccount {
  const document = parseJson(text)
  if (!Document.Check(document)) throw new SettingFault('is no service account as the Firebase console gives it')
  const privateKey = parseKey(document.private_key)
  if (privateKey?.asymmetricKeyType !== 'rsa') throw new SettingFault('holds no RSA key in "private_key"')
  const { project_id: projectId, client_email: clientEmail, token_uri: tokenUri } = document
  return { projectId, clientEmail, privateKey, tokenUri }
}
