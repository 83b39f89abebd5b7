import { EventEmitter, once } from 'node:events'

export type LogLine = Readonly<Record<string, unknown>>

/** A stream for a logger that keeps what is logged, and lets a test wait for a line. */
export function captureLog() {
  const lines: LogLine[] = []
  const logged = new EventEmitter()
  return {
    lines,
    stream: {
      write(text: string) {
        lines.push(JSON.parse(text))
        logged.emit('line')
      },
    },
    /** Waits until a line like this was logged. */
    async line(isIt: (line: LogLine) => boolean): Promise<LogLine> {
      for (;;) {
        const found = lines.find(isIt)
        if (found) return found
        await once(logged, 'line')
      }
    },
  }
}
