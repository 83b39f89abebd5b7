import { onFiles } from '../recording/on-files.ts'
import { runLeashed } from '../recording/run-leashed.ts'
import type { Span } from './span.ts'

/** A camera that shows nothing new for so long is taken for one that is off. */
const stillMs = 2_000
const stallMs = 60_000

/** Reads when pictures come in a file from what ffmpeg lists of it: the unit of its times first, then a line for each. */
export class PictureTimes {
  readonly spans: Span[] = []
  #unitMs = 1

  note(line: string): void {
    const [, over, under] = /^#tb 0: (\d+)\/(\d+)$/.exec(line) ?? []
    if (over && under) this.#unitMs = (1_000 * Number(over)) / Number(under)
    const [, time] = /^0,\s*-?\d+,\s*(-?\d+),/.exec(line) ?? []
    if (time !== undefined) this.#add(Number(time) * this.#unitMs)
  }

  #add(ms: number): void {
    const last = this.spans.at(-1)
    if (last && ms - last.toMs <= stillMs) last.toMs = Math.max(last.toMs, ms)
    else this.spans.push({ fromMs: ms, toMs: ms + 1 })
  }
}

type Reading = { program: string; path: string; cwd: string; signal: AbortSignal }

/** When pictures come in a file, since it began. Nothing is decoded for that. */
export async function readPictures({ program, path, cwd, signal }: Reading): Promise<Span[]> {
  const times = new PictureTimes()
  const copied = ['-map', '0:v:0', '-c', 'copy', '-copyinkf', '-f', 'framecrc', 'pipe:1']
  const args = [...onFiles, '-f', 'matroska', '-i', path, ...copied]
  await runLeashed([program, ...args], { cwd, signal, stallMs, onLine: (line) => times.note(line) })
  return times.spans
}
