import { execFile } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
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

const fillerOf = (disk: string) => join(disk, 'filler')

/** Writes to a disk until there is room for nothing more. */
export async function fillDisk(disk: string): Promise<void> {
  const file = await open(fillerOf(disk), 'a')
  try {
    for (let bytes = pieceBytes; bytes >= 1; ) {
      const { bytesWritten } = await file.write(Buffer.alloc(bytes, 1)).catch(() => ({ bytesWritten: 0 }))
      if (bytesWritten < bytes) bytes = Math.floor(bytes / 2)
    }
  } finally {
    await file.close()
  }
}

/** Gives a disk back the room that was taken from it. */
export async function emptyDisk(disk: string): Promise<void> {
  await rm(fillerOf(disk), { force: true })
}
