import type { Trust } from '@secureconnect/e2ee/trust'

/** Under it and the person's id is kept what one knows of his devices. */
export const trustPrefix = 'trust:'

export const readTrust = (bytes: Uint8Array | undefined): Trust | undefined =>
  bytes && JSON.parse(new TextDecoder().decode(bytes))

export const writeTrust = (trust: Trust) => new TextEncoder().encode(JSON.stringify(trust))

/** What another device of oneself had compared holds here as well, as long as nothing was compared here. */
export function bringTrust(here: Trust | undefined, backedUp: Trust): Trust {
  return here ? { ...here, verified: here.verified ?? backedUp.verified } : backedUp
}
