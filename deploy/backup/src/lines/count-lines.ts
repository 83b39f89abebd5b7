import { hash } from 'node:crypto'

/** What a stream of lines is compared by. The digest is the same in whatever order the lines are. */
export type LineFacts = { rows: number; bytes: number; digest: string }

const lanes = 8
const newline = 10

/** Adds lines up: how many, how long, and the sum of their hashes. */
function createSum() {
  const sums = new Uint32Array(lanes)
  let [rows, bytes] = [0, 0]
  return {
    add(line: Buffer): void {
      const digest = hash('sha256', line, 'buffer')
      for (let lane = 0; lane < lanes; lane++) sums[lane] = (sums[lane] ?? 0) + digest.readUInt32LE(lane * 4)
      rows += 1
      bytes += line.length
    },
    get facts(): LineFacts {
      return { rows, bytes, digest: Buffer.from(sums.buffer).toString('hex') }
    },
  }
}

/** Passes bytes through, and tells at the end what lines they were. */
export async function* countLines(
  source: AsyncIterable<Buffer>,
  onEnd: (facts: LineFacts) => void,
): AsyncGenerator<Buffer> {
  const sum = createSum()
  let rest = Buffer.alloc(0)
  for await (const chunk of source) {
    const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let end = whole.indexOf(newline); end !== -1; end = whole.indexOf(newline, from)) {
      sum.add(whole.subarray(from, end + 1))
      from = end + 1
    }
    rest = Buffer.from(whole.subarray(from))
    yield chunk
  }
  if (rest.length > 0) sum.add(rest)
  onEnd(sum.facts)
}

/** Reads all of it, for what it is alone. */
export async function sumLines(source: AsyncIterable<Buffer>): Promise<LineFacts> {
  let facts: LineFacts | undefined
  for await (const _ of countLines(source, (found) => (facts = found)));
  if (!facts) throw new Error('the lines had no end')
  return facts
}

/** Whether both are the same lines. */
export const isSame = (one: LineFacts, other: LineFacts): boolean =>
  one.rows === other.rows && one.bytes === other.bytes && one.digest === other.digest
