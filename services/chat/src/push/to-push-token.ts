import type { PushToken } from '@secureconnect/protocol'
import type { TokenRow } from '../stores/push-tokens.ts'

/** A device as its person sees it. */
export function toPushToken(row: TokenRow, sessionId: string): PushToken {
  const { token_id, type, platform, device_id, session_id, registered_at } = row
  const is_current = session_id === sessionId
  return { token_id, type, platform, device_id, is_current, registered_at: registered_at.toISOString() }
}
