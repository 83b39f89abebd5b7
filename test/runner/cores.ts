import { cpus } from 'node:os'

function readTimes(): { busyMs: number; allMs: number } {
  const times = cpus().map(({ times }) => times)
  const idleMs = times.reduce((sum, { idle }) => sum + idle, 0)
  const allMs = times.flatMap((core) => Object.values(core)).reduce((sum, ms) => sum + ms, 0)
  return { busyMs: allMs - idleMs, allMs }
}

/** Says from now on how much of the machine's cores was in use, by this run or by others. */
export function watchCores(): () => string {
  const start = readTimes()
  return () => {
    const { busyMs, allMs } = readTimes()
    return `the cores were busy for ${Math.round((100 * (busyMs - start.busyMs)) / (allMs - start.allMs))} % of that`
  }
}
