import { statfsSync } from 'node:fs'
import { availableParallelism, freemem, totalmem } from 'node:os'
import { type Finding, failed, ok, warning } from '../checks/finding.ts'
import { runDocker } from '../docker/run-docker.ts'
import type { DoctorCheck } from './doctor-check.ts'

const gibibyte = 1024 ** 3
const inGib = (bytes: number) => `${(bytes / gibibyte).toFixed(1)} GiB`

/** What the containers' limits add up to, and a CPU for the media beside one for the rest. */
const wanted = { cpus: 2, memory: 7.5 * gibibyte, disk: 20 * gibibyte } as const
/** With less the images do not fit, and stores that run out of disk stop. */
const leastDisk = 5 * gibibyte

function judgeDisk(what: string, path: string): Finding[] {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(path)
    const free = bavail * bsize
    const detail = `${inGib(free)} free at ${path}`
    const fix = 'Free some, or use a larger disk; docker system df shows what images take.'
    if (files > 0 && ffree / files < 0.05)
      return [warning(what, `fewer than 5 % of the inodes are free at ${path}`, fix)]
    if (free < leastDisk) return [failed(what, `${detail}, where ${inGib(leastDisk)} is the least`, fix)]
    return [
      free < wanted.disk ? warning(what, `${detail}, where ${inGib(wanted.disk)} is advised`, fix) : ok(what, detail),
    ]
  } catch {
    // The engine's folder may be on another machine, or not ours to look at.
    return []
  }
}

export const resources: DoctorCheck = {
  name: 'resources',
  run: async ({ root }) => {
    const cpus = availableParallelism()
    const memory = totalmem()
    const folder = await runDocker(['info', '--format', '{{.DockerRootDir}}'], { root }).catch(() => '')
    const larger = 'Use a larger server, or expect it to be slow under load.'
    const told = `${inGib(memory)}, ${inGib(freemem())} free`
    return [
      cpus < wanted.cpus
        ? warning('CPUs', `${cpus}, where ${wanted.cpus} are advised`, larger)
        : ok('CPUs', String(cpus)),
      memory < wanted.memory ? warning('memory', `${told}, where 8 GB are advised`, larger) : ok('memory', told),
      ...judgeDisk('disk', root),
      ...(folder.trim() === '' ? [] : judgeDisk('disk of docker', folder.trim())),
    ]
  },
}
