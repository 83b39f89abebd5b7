// Loaded before a process by skewed-clocks.test.ts: its clock is wrong by `?ms=` from the very beginning.
const shiftMs = Number(new URL(import.meta.url).searchParams.get('ms'))
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

globalThis.Date = ShiftedDate as DateConstructor
