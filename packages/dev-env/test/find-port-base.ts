import { randomInt } from 'node:crypto'
import { serviceNames } from '@secureconnect/protocol'
import { assertPortsFree } from '../src/free-ports.ts'

/** The first of as many free ports as the system uses, below the range that outgoing connections take theirs from. */
export async function findPortBase(): Promise<number> {
  for (;;) {
    const first = randomInt(12_000, 20_000)
    const isFree = await assertPortsFree(first, serviceNames.length).then(
      () => true,
      () => false,
    )
    if (isFree) return first
  }
}
