import type { Changes, Vault } from '@secureconnect/e2ee/groups'
import { limits } from '@secureconnect/protocol/constants'
import { textPrefix } from './kept-texts.ts'
import { bringTrust, readTrust, trustPrefix, writeTrust } from './kept-trust.ts'
import { readKeptAt } from './texts.ts'

/** What a person wants to have again on another device, as the vault keeps it: no key of a group or of this device. */
type Contents = { version: 1; entries: [key: string, text: string][] }

const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** As base64 and with what seals it, it has to fit. */
const mostBytes = Math.floor((limits.keyBackupCharacters / 4) * 3) - 1_024
const sizeOf = (entry: Contents['entries'][number]) => encoder.encode(JSON.stringify(entry)).length + 1

async function readAll(vault: Vault, prefix: string): Promise<(readonly [string, Uint8Array])[]> {
  const keys = await vault.list(prefix)
  const read = await Promise.all(keys.map(async (key) => [key, await vault.read(key)] as const))
  return read.flatMap(([key, bytes]) => (bytes ? [[key, bytes] as const] : []))
}

/** Whom one has compared safety numbers with, and what was read here, the newest of it where not all has room. */
export async function collectContents(vault: Vault): Promise<string> {
  const [trusts, texts] = await Promise.all([readAll(vault, trustPrefix), readAll(vault, textPrefix)])
  const newest = texts.toSorted(([, a], [, b]) => readKeptAt(b) - readKeptAt(a))
  const entries: Contents['entries'] = []
  let size = 0
  for (const [key, bytes] of [...trusts, ...newest]) {
    const entry: Contents['entries'][number] = [key, decoder.decode(bytes)]
    size += sizeOf(entry)
    if (size > mostBytes) break
    entries.push(entry)
  }
  return JSON.stringify({ version: 1, entries } satisfies Contents)
}

/** What of a backup the vault has not yet; what is there stays as it is. */
async function bring(vault: Vault, [key, text]: Contents['entries'][number]) {
  const [here, backedUp] = [await vault.read(key), encoder.encode(text)]
  if (key.startsWith(textPrefix)) return here ? [] : [[key, backedUp] as const]
  if (!key.startsWith(trustPrefix)) return []
  const trust = readTrust(backedUp)
  return trust ? [[key, writeTrust(bringTrust(readTrust(here), trust))] as const] : []
}

/** What has to be written so that a vault has what a backup holds. */
export async function toRestored(vault: Vault, contents: string): Promise<Changes> {
  const { version, entries }: Contents = JSON.parse(contents)
  if (version !== 1) throw new Error(`Key backups of version ${version} are not known.`)
  return new Map((await Promise.all(entries.map((entry) => bring(vault, entry)))).flat())
}
