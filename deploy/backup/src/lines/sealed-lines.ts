import { pipeline as connect, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { BackupFault } from '../fault.ts'
import { readSealed, writeSealed } from '../sealed/sealed-stream.ts'
import type { StreamFacts } from '../sets/manifest.ts'
import { streamName } from '../sets/set-keys.ts'
import type { Vault } from '../vault.ts'
import { countLines, isSame, type LineFacts } from './count-lines.ts'

type Source = { set: string; name: string; lines: AsyncIterable<Buffer> }

/** Keeps lines: compressed, sealed, and with what they are to be compared by later. */
export async function writeLines(vault: Vault, { set, name, lines }: Source): Promise<StreamFacts> {
  let counted: LineFacts | undefined
  let written: Awaited<ReturnType<typeof writeSealed>> | undefined
  await pipeline(
    Readable.from(
      countLines(lines, (facts) => (counted = facts)),
      { objectMode: false },
    ),
    createZstdCompress(),
    async (compressed: AsyncIterable<Buffer>) => {
      written = await writeSealed(vault, streamName(set, name), compressed)
    },
  )
  if (!counted || !written) throw new Error(`${name} had no end`)
  return { name, ...counted, ...written }
}

/** The lines that were kept; at their end they are compared with what the manifest says of them. */
export async function* readLines(vault: Vault, set: string, facts: StreamFacts): AsyncGenerator<Buffer> {
  const plain = createZstdDecompress()
  // What goes wrong before it comes out of it here.
  connect(Readable.from(readSealed(vault, streamName(set, facts.name)), { objectMode: false }), plain, () => undefined)
  yield* countLines(plain, (found) => {
    if (isSame(found, facts)) return
    throw new BackupFault(
      `${facts.name} of ${set} has ${found.rows} rows that are not the ${facts.rows} of its manifest. Use another set.`,
    )
  })
}

/** Each line as text, without its end. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}

/** Lines as bytes, gathered so that few of them are moved at a time. */
export async function* toBytes(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  const gathered = 64 * 1024
  let text = ''
  for await (const line of lines) {
    text += `${line}\n`
    if (text.length < gathered) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}
