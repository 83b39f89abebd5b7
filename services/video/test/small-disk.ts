import { execFile } from 'node:child_process'
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

type Cleanup = { after: (work: () => unknown) => void }

const run = promisify(execFile)
const pieceBytes = 64 * 1024

/** A disk of so many megabytes that is gone after the test; undefined where nobody may mount one. */
export async function mountDisk(t: Cleanup, megabytes: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'disk-'))
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', folder]).then(
    () => true,
    () => false,
  )
  t.after(async () => {
    if (isMounted) await run('umount', ['-l', folder])
    await rm(folder, { recursive: true, force: true })
  })
  return isMounted ? folder : undefined
}

/** How many bytes the largest file in a folder has, and in those within. */
export async function largestOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries.map(async ({ parentPath, name }) => {
    // What is written anew has another name for a moment.
    return (await stat(join(parentPath, name)).catch(() => undefined))?.size ?? 0
  })
  return Math.max(0, ...(await Promise.all(sizes)))
}

/** Writes to a disk until there is room for nothing more. */
export async function fillDisk(folder: string): Promise<void> {
  const file = await open(join(folder, 'filler'), 'a')
  try {
    for (let bytes = pieceBytes; bytes >= 1; ) {
      const { bytesWritten } = await file.write(Buffer.alloc(bytes, 1)).catch(() => ({ bytesWritten: 0 }))
      if (bytesWritten < bytes) bytes = Math.floor(bytes / 2)
    }
  } finally {
    await file.close()
  }
}
