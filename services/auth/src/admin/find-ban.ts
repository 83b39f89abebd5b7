import type { Ban } from '@secureconnect/protocol'

/** What an account's row says of a ban, also of one that is over. */
export type BanColumns = { banned_at: Date | null; banned_until: Date | null; ban_reason: string | null }

/** The ban that keeps somebody out now; one whose time has come ends by itself. */
export function findBan({ banned_at: since, banned_until: until, ban_reason: reason }: BanColumns): Ban | null {
  if (since === null || (until !== null && until <= new Date())) return null
  return {
    banned_at: since.toISOString(),
    banned_until: until?.toISOString() ?? null,
    reason: reason ?? 'no reason was given',
  }
}
