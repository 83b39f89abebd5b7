import { createHmac } from 'node:crypto'
import { ConfigError } from '@secureconnect/config'
import type { TurnConfig } from './turn-settings.ts'

export type TurnCredentials = { username: string; credential: string }
/** Makes what somebody shows a relay. */
export type IssueCredentials = (user: string) => TurnCredentials

/** What coturn's `use-auth-secret` takes: when it ends and whose it is, signed with the secret that both know. */
export function signCredentials(
  secret: string,
  { user, expiresAt }: { user: string; expiresAt: number },
): TurnCredentials {
  const username = `${Math.floor(expiresAt / 1_000)}:${user}`
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}

/** Decides by the settings what relays are shown. */
export function createIssuer({
  turnUrls,
  turnSecret,
  turnUser,
  turnPassword,
  ...config
}: TurnConfig): IssueCredentials {
  if (turnSecret !== undefined) {
    return (user) => signCredentials(turnSecret, { user, expiresAt: Date.now() + config.turnCredentialSeconds * 1_000 })
  }
  if (turnUser !== undefined && turnPassword !== undefined) {
    return () => ({ username: turnUser, credential: turnPassword })
  }
  const fault = new ConfigError(['TURN_URLS is set, so TURN_SECRET is needed: the same that coturn has'])
  if (turnUrls.length > 0) throw fault
  return () => {
    throw fault
  }
}
