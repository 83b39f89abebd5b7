import { type CiphersuiteImpl, getCiphersuiteFromName, getCiphersuiteImpl } from './mls.ts'

let loaded: Promise<CiphersuiteImpl> | undefined

/** The one cipher suite of all groups: X25519, AES-128-GCM, SHA-256 and Ed25519, which browsers bring themselves. */
export function loadSuite(): Promise<CiphersuiteImpl> {
  loaded ??= getCiphersuiteImpl(getCiphersuiteFromName('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'))
  return loaded
}
