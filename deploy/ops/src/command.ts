import type { ParseArgsOptionsConfig } from 'node:util'

/** Where a command writes to; a line has no break at its end. */
export type Output = {
  /** What was asked for. */
  print: (line: string) => void
  /** How it goes on meanwhile. */
  tell: (line: string) => void
}

export type Said = {
  words: readonly string[]
  values: Readonly<Record<string, string | boolean | undefined>>
}

export type Surroundings = {
  /** The folder of the compose file, secrets and .env. */
  root: string
  output: Output
  signal: AbortSignal
}

/** One command of the tool. It answers with the exit code: 0 when all is well, 1 when something was found or failed. */
export type Command = {
  name: string
  /** One line of the list of commands. */
  summary: string
  /** What `--help` says below it: what is done, with examples. */
  help: string
  options: ParseArgsOptionsConfig
  run: (said: Said, surroundings: Surroundings) => Promise<number>
}
