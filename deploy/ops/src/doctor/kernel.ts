import { readFileSync } from 'node:fs'
import { type Finding, ok, skipped, warning } from '../checks/finding.ts'
import type { DoctorCheck } from './doctor-check.ts'

type Wish = { name: string; least: number; why: string }

const wishes: readonly Wish[] = [
  { name: 'vm.max_map_count', least: 1_048_575, why: 'Cassandra maps many files' },
  { name: 'vm.overcommit_memory', least: 1, why: 'Redis forks to save, which else can fail' },
  { name: 'net.core.rmem_max', least: 2_500_000, why: 'media would be lost in bursts' },
  { name: 'net.core.wmem_max', least: 2_500_000, why: 'media would be lost in bursts' },
]

function judge({ name, least, why }: Wish): Finding {
  try {
    const value = Number(readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8'))
    if (value >= least) return ok(name, String(value))
    const fix = `sysctl -w ${name}=${least} && echo ${name}=${least} >> /etc/sysctl.d/90-secureconnect.conf`
    return warning(name, `${value}, where ${least} is advised: ${why}`, fix)
  } catch {
    return skipped(name, 'this system does not tell')
  }
}

function judgeSwap(): Finding[] {
  try {
    const lines = readFileSync('/proc/swaps', 'utf8').trim().split('\n').length
    return lines <= 1
      ? [ok('swap', 'off')]
      : [
          warning(
            'swap',
            'on: a store that is swapped out answers in seconds',
            'swapoff -a, and take it out of /etc/fstab',
          ),
        ]
  } catch {
    return []
  }
}

export const kernel: DoctorCheck = { name: 'kernel', run: async () => [...wishes.map(judge), ...judgeSwap()] }
