import { text } from 'node:stream/consumers'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { BackupFault } from '../fault.ts'
import { readSealed, writeSealed } from '../sealed/sealed-stream.ts'
import type { Vault } from '../vault.ts'
import { isSetName, manifestName, prefixes } from './set-keys.ts'

/** What is kept, in this order: what is found in a later one may miss in an earlier one, never the other way round. */
export const stores = ['sql', 'archive', 'objects', 'installation'] as const
export type Store = (typeof stores)[number]

const StreamFacts = Type.Object({
  name: Type.String(),
  rows: Type.Integer(),
  /** Before they were compressed and sealed. */
  bytes: Type.Integer(),
  digest: Type.String(),
  pieces: Type.Integer(),
  storedBytes: Type.Integer(),
})
export type StreamFacts = Static<typeof StreamFacts>

const StoreFacts = Type.Object({
  streams: Type.Array(StreamFacts),
  seconds: Type.Number(),
  finishedAt: Type.String(),
})
export type StoreFacts = Static<typeof StoreFacts>

const Manifest = Type.Object({
  format: Type.Literal(1),
  set: Type.String(),
  startedAt: Type.String(),
  finishedAt: Type.String(),
  revision: Type.String(),
  schemaVersion: Type.Integer(),
  stores: Type.Object({ sql: StoreFacts, archive: StoreFacts, objects: StoreFacts, installation: StoreFacts }),
  objects: Type.Object({ count: Type.Integer(), bytes: Type.Integer(), newBytes: Type.Integer() }),
})
export type Manifest = Static<typeof Manifest>

const validator = Compile(Manifest)

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}

/** What makes a set count; so it is written last of all. */
export async function writeManifest(vault: Vault, manifest: Manifest): Promise<void> {
  await writeSealed(vault, manifestName(manifest.set), once(JSON.stringify(manifest)))
}

async function readManifest(vault: Vault, set: string): Promise<Manifest> {
  return validator.Parse(JSON.parse(await text(readSealed(vault, manifestName(set)))))
}

/** All sets that count, the newest first. */
export async function listSets(vault: Vault): Promise<Manifest[]> {
  const names = new Set<string>()
  for await (const { key } of vault.store.list(prefixes.manifests)) {
    const [, set = ''] = key.split('/')
    if (isSetName(set)) names.add(set)
  }
  const sets = await Promise.all([...names].map((set) => readManifest(vault, set)))
  return sets.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))
}

/** The set of that name, or the newest. */
export async function findSet(vault: Vault, name?: string): Promise<Manifest> {
  const sets = await listSets(vault)
  const found = name === undefined ? sets[0] : sets.find(({ set }) => set === name)
  if (found) return found
  if (name === undefined) throw new BackupFault('There is no backup yet. Take one with ./ops backup.')
  throw new BackupFault(`There is no set ${name}. ./ops backup list shows those that there are.`)
}
