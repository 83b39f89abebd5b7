import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { readLines, splitLines } from '../lines/sealed-lines.ts'
import type { Manifest } from '../sets/manifest.ts'
import type { Vault } from '../vault.ts'

/** One object of a set. Its bytes may have been stored by an earlier one. */
const KeptObject = Type.Object({
  key: Type.String(),
  size: Type.Integer(),
  modifiedAt: Type.String(),
  sha256: Type.String(),
  pieces: Type.Integer(),
  storedAs: Type.Object({ set: Type.String(), number: Type.Integer() }),
})
export type KeptObject = Static<typeof KeptObject>

const validator = Compile(KeptObject)

/** The name of the stream that lists objects. */
export const listName = 'objects'

/** The objects of a set, as the store listed them. */
export async function* listObjects(vault: Vault, { set, stores }: Manifest): AsyncGenerator<KeptObject> {
  for (const facts of stores.objects.streams) {
    for await (const line of splitLines(readLines(vault, set, facts))) yield validator.Parse(JSON.parse(line))
  }
}
