import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** What a process has started of a program, as the system sees it. */
export function findChildren(parentPid: number, program: string): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', `${parentPid}`, '-f', program], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean).map(Number)
}

export function findWorkers(parentPid: number): number[] {
  return findChildren(parentPid, 'mediasoup')
}

/** The only one. */
export function findWorker(parentPid: number): number {
  const [pid, ...others] = findWorkers(parentPid)
  if (!pid || others.length > 0) throw new Error(`${others.length + 1} workers run instead of one`)
  return pid
}

/** The CPU time that it has used, of all its threads. */
export function readCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000
}

/** Its memory that no file stands for. */
export function readMemoryBytes(pid: number): number {
  const [, kib = '0'] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1_024
}
