/** A program to run under the guard; its output goes to a file. */
export type Command = {
  file: string
  args: string[]
  logFile: string
  env?: Record<string, string>
  /** Who runs it, for servers that refuse to run as root. */
  identity?: { uid: number; gid: number }
  /** How to end it at once without leaving anything behind; most need SIGKILL. */
  stopSignal?: NodeJS.Signals
}

export type GuardOrder = { id: number; command: Command }

export type Ending = { code: number | null; reason: string }

export type GuardEvent =
  | { kind: 'ready'; folder: string }
  | { kind: 'started'; id: number; pid: number }
  | { kind: 'ended'; id: number; ending: Ending }
