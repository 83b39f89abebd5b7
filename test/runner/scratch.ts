import { readFileSync, statfsSync } from 'node:fs'

const memoryFolder = '/dev/shm'
/** Many times what a run of everything has there at a time, so that nothing else on the machine goes short. */
const neededBytes = 8 * 2 ** 30

/**
 * A folder in memory with room for all that tests write and throw away: databases by the hundred, of 40 MB each, whose
 * copying alone takes ten times as long on a disk. Undefined where there is none.
 */
export function findScratchFolder(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(memoryFolder)
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((line) => line.includes(` ${memoryFolder} tmpfs `))
    const isRoomy = Math.min(bavail * bsize, process.availableMemory()) >= neededBytes
    // Some tests install programs, and run them.
    return mount && isRoomy && !mount.includes('noexec') ? memoryFolder : undefined
  } catch {
    // This system has no such folder.
    return undefined
  }
}
