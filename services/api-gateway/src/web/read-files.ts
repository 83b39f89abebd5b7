import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'

/** A file of the web client as it is sent. */
export type WebFile = { type: string; etag: string; bytes: Buffer; compressed: Buffer | undefined }

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Beside a file that gets smaller by it lies a copy that is compressed already. */
const compressedEnding = '.br'

async function readWebFile(folder: string, name: string, isCompressed: boolean): Promise<WebFile> {
  const bytes = await readFile(join(folder, name))
  const compressed = isCompressed ? await readFile(join(folder, name + compressedEnding)) : undefined
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`
  return { type: types[extname(name)] ?? 'application/octet-stream', etag, bytes, compressed }
}

/** All files of a folder by their path in it: they are few and small, and nobody reads a disk while he is asked. */
export async function readFiles(folder: string): Promise<ReadonlyMap<string, WebFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  const all = new Set(names)
  const files = names
    .filter((name) => !name.endsWith(compressedEnding))
    .map(async (name) => [name, await readWebFile(folder, name, all.has(name + compressedEnding))] as const)
  return new Map(await Promise.all(files))
}
