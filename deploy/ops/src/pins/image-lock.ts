import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../fault.ts'
import { writeWhole } from '../write-whole.ts'

export const lockFile = 'deploy/images.lock'

const header = `# What each image that is not built here was when it was pinned: ./ops pin writes this, ./ops up starts these and no others.
`
const line = /^(\S+) (sha256:[0-9a-f]{64})$/

/** The digest of each image that is pinned; nothing where none is. */
export function readLock(root: string): Map<string, string> | undefined {
  const path = join(root, lockFile)
  if (!existsSync(path)) return undefined
  const lines = readFileSync(path, 'utf8').split('\n')
  return new Map(
    lines.flatMap((text, index): [string, string][] => {
      if (text === '' || text.startsWith('#')) return []
      const [, image, digest] = line.exec(text) ?? []
      if (image && digest) return [[image, digest]]
      throw new Fault(`Line ${index + 1} of ${lockFile} is no image and its digest.`, 'Write it anew: ./ops pin')
    }),
  )
}

export function writeLock(root: string, digests: ReadonlyMap<string, string>): void {
  const lines = [...digests].map(([image, digest]) => `${image} ${digest}`).toSorted()
  writeWhole(join(root, lockFile), `${header}${lines.join('\n')}\n`, { mode: 0o644 })
}
