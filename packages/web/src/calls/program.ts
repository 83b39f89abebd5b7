// All of calls but their buttons, in one part that is loaded once somebody calls or is called.
import { talk } from './current-talk.ts'
import { stopAllRinging } from './ringing.ts'
import '../styles/call-panels.css'
import '../styles/calls.css'
import '../styles/stage.css'

export { CallSurroundings } from './call-surroundings.tsx'
export { CurrentCall } from './current-call.tsx'
export { beginTalk, talk } from './current-talk.ts'
export { ring, stopRinging } from './ringing.ts'

/** Whoever is signed out is in no call. */
export function endCalls(): void {
  stopAllRinging()
  void talk.value?.hangUp()
  talk.value = undefined
}
