import { callProgram } from './call-program.ts'

/** In the frame of a page: the call that one is in, whole or in one line. */
export function CallPlace() {
  const program = callProgram.value
  return program ? <program.CurrentCall /> : null
}

/** Whatever the page: what rings, and what is heard of calls. */
export function CallPresence() {
  const program = callProgram.value
  return program ? <program.CallSurroundings /> : null
}
