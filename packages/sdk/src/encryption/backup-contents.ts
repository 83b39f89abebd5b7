import type { Vault } from '@secureconnect/e2ee/groups'
import { limits } from '@secureconnect/protocol/constants'
import type { KeptTexts } from './kept-texts.ts'
import { bringTrust, readTrust, trustPrefix, writeTrust } from './kept-trust.ts'
import { nameOf, placePrefix, readPlace } from './text-places.ts'

/** What a person wants to have again on another device, as the vault keeps it: no key of a group or of this device. */
type Contents = { version: 1; entries: [key: string, text: string][] }

const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** As base64 and with what seals it, it has to fit. */
const mostBytes = Math.floor((limits.keyBackupCharacters / 4) * 3) - 1_024
const sizeOf = (entry: Contents['entries'][number]) => encoder.encode(JSON.stringify(entry)).length + 1

async function readTrusts(vault: Vault): Promise<Contents['entries']> {
  const keys = await vault.list(trustPrefix)
  const read = await Promise.all(keys.map(async (key) => [key, await vault.read(key)] as const))
  return read.flatMap(([key, bytes]) => (bytes ? [[key, decoder.decode(bytes)]] : []))
}

/** The newest of what was read here that can have room, each text under the name of its place. */
async function readTexts(texts: KeptTexts): Promise<Contents['entries']> {
  let size = 0
  const places = (await texts.list()).filter(({ bytes }) => {
    size += bytes
    return size <= mostBytes
  })
  const read = await Promise.all(places.map(async (place) => [nameOf(place), await texts.find(place.key)] as const))
  return read.flatMap(([name, text]) => (text instanceof Uint8Array ? [[name, decoder.decode(text)]] : []))
}

/** Whom one has compared safety numbers with, and what was read here, the newest of it where not all has room. */
export async function collectContents(vault: Vault, texts: KeptTexts): Promise<string> {
  const entries: Contents['entries'] = []
  let size = 0
  for (const entry of [...(await readTrusts(vault)), ...(await readTexts(texts))]) {
    size += sizeOf(entry)
    if (size > mostBytes) break
    entries.push(entry)
  }
  return JSON.stringify({ version: 1, entries } satisfies Contents)
}

async function bringTrusts(vault: Vault, entries: Contents['entries']): Promise<void> {
  const brought = entries.map(async ([key, text]) => {
    const backedUp = readTrust(encoder.encode(text))
    return backedUp ? [[key, writeTrust(bringTrust(readTrust(await vault.read(key)), backedUp))] as const] : []
  })
  await vault.write(new Map((await Promise.all(brought)).flat()))
}

/** Brings into a vault what a backup holds and it has not yet; what is there stays as it is. */
export async function restoreContents(vault: Vault, texts: KeptTexts, contents: string): Promise<void> {
  const { version, entries }: Contents = JSON.parse(contents)
  if (version !== 1) throw new Error(`Key backups of version ${version} are not known.`)
  const of = (prefix: string) => entries.filter(([key]) => key.startsWith(prefix))
  await bringTrusts(vault, of(trustPrefix))
  await texts.restore(of(placePrefix).map(([name, text]) => [readPlace(name), encoder.encode(text)]))
}
