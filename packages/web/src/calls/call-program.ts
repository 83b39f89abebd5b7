import { signal } from '@preact/signals'

type CallProgram = typeof import('./program.ts')

/** All that calls take but the buttons that begin them; there once it was loaded. */
export const callProgram = signal<CallProgram | undefined>(undefined)

let loading: Promise<CallProgram> | undefined

/** Loads it once somebody calls or is called. Where that fails, the next one tries again. */
export function loadCallProgram(): Promise<CallProgram> {
  loading ??= import('./program.ts').then(
    (program) => {
      callProgram.value = program
      return program
    },
    (error: unknown) => {
      loading = undefined
      throw error
    },
  )
  return loading
}
