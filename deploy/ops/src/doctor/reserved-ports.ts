import { readFileSync } from 'node:fs'
import { type Finding, ok, skipped, warning } from '../checks/finding.ts'
import { readPublishedPorts } from '../docker/read-published-ports.ts'
import type { DoctorCheck } from './doctor-check.ts'

const what = 'reserved ports'
const setting = 'net.ipv4.ip_local_reserved_ports'

type Range = { first: number; last: number }

/** Reads ports as the kernel lists them: `40000-40001,49160`. */
function readRanges(text: string): Range[] {
  return text
    .trim()
    .split(/[,\s]+/)
    .filter((part) => part !== '')
    .map((part) => part.split('-').map(Number))
    .map(([first = 0, last = first]) => ({ first, last }))
}

function describeRanges(ports: readonly number[]): string {
  const ranges: Range[] = []
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.last === port - 1) last.last = port
    else ranges.push({ first: port, last: port })
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}

type Kernel = { given: string; reserved: string }

/** Names the ports that the kernel may give to any program's connection, so that a start finds them taken now and then. */
export function judgeReserved(published: readonly number[], { given, reserved }: Kernel): Finding {
  const [first = 0, last = 0] = given.trim().split(/\s+/).map(Number)
  const kept = readRanges(reserved)
  const isKept = (port: number) => kept.some((range) => port >= range.first && port <= range.last)
  const loose = describeRanges(published.filter((port) => port >= first && port <= last && !isKept(port)))
  if (loose === '') return ok(what, 'the kernel gives none of the published ones away')
  const all = [reserved.trim(), loose].filter((part) => part !== '').join(',')
  return warning(
    what,
    `${loose}: the kernel may give them to a connection of any program, and then a start finds them taken`,
    `sysctl -w ${setting}=${all} && echo ${setting}=${all} >> /etc/sysctl.d/90-secureconnect.conf`,
  )
}

export const reservedPorts: DoctorCheck = {
  name: what,
  run: async ({ root }) => {
    const published = (await readPublishedPorts(root)).map(({ port }) => port)
    try {
      const read = (name: string) => readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8')
      return [
        judgeReserved(published, { given: read('ip_local_port_range'), reserved: read('ip_local_reserved_ports') }),
      ]
    } catch {
      return [skipped(what, 'this system does not tell')]
    }
  },
}
