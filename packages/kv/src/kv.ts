import type { KvScript, ScriptInput } from './script.ts'

/** Ends with `close` or at the end of an `await using` block. */
export type Subscription = AsyncDisposable & { close(): Promise<void> }

/** Told each message of a channel. Messages may repeat, and a listener that throws has that one logged and hears the next. */
export type Listener = (message: string) => void

export type SubscribeOptions = {
  /** Told when messages may have been missed: the connection was away for a while and is back. */
  onGap?: () => void
}

export type SetOptions = {
  ttlMs: number
  /** Leaves a value that is already there, and answers false. */
  onlyIfAbsent?: boolean
}

/**
 * What processes share for a while and may lose: limits, presence, call state, messages to whoever listens. Every
 * entry has an end, because nothing here is the only copy of anything.
 */
export type Kv = AsyncDisposable & {
  /** Whether this process does without the shared store at the moment and answers from its own memory. */
  readonly isDegraded: boolean
  get(key: string): Promise<string | undefined>
  /** Answers whether the value was set. */
  set(key: string, value: string, options: SetOptions): Promise<boolean>
  delete(...keys: string[]): Promise<void>
  /** Adds to a counter, which begins at 0 and ends `ttlMs` after its first increment. */
  increment(key: string, options: { by?: number; ttlMs: number }): Promise<number>
  /** Adds members to a set, which from now on lasts `ttlMs`. */
  addToSet(key: string, members: readonly string[], options: { ttlMs: number }): Promise<void>
  removeFromSet(key: string, members: readonly string[]): Promise<void>
  listSet(key: string): Promise<string[]>
  publish(channel: string, message: string): Promise<void>
  subscribe(channel: string, listener: Listener, options?: SubscribeOptions): Promise<Subscription>
  /** Runs several steps as one. */
  run<T>(script: KvScript<T>, input: ScriptInput): Promise<T>
  /** Fails unless the store can be written, read and listened to. */
  ping(): Promise<void>
  close(): Promise<void>
}
