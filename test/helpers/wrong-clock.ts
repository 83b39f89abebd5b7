// Loaded before a process whose clock is to be wrong: by `?ms=` from the very beginning, and from each SIGUSR2 on by what
// `?file=` says then.
import { readFileSync } from 'node:fs'

const { searchParams } = new URL(import.meta.url)
const file = searchParams.get('file')
let shiftMs = Number(searchParams.get('ms'))
const RealDate = Date

class ShiftedDate extends RealDate {
  constructor(...parts: [] | [number | string | Date]) {
    if (parts.length === 0) super(ShiftedDate.now())
    else super(...parts)
  }

  static override now(): number {
    return RealDate.now() + shiftMs
  }
}

function jump(): void {
  shiftMs = Number(readFileSync(String(file), 'utf8'))
  process.stdout.write(`${JSON.stringify({ message: 'the clock has jumped', shift_ms: shiftMs })}\n`)
}

globalThis.Date = ShiftedDate as DateConstructor
if (file !== null) process.on('SIGUSR2', jump)
