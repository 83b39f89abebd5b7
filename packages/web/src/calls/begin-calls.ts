import { client } from '../app/client.ts'
import { callProgram, loadCallProgram } from './call-program.ts'
import { forgetCalls } from './calls-going-on.ts'

type Work = (program: Awaited<ReturnType<typeof loadCallProgram>>) => void

/** Where it cannot be loaded, the next socket is told once more of what rings still. */
function withProgram(work: Work): void {
  loadCallProgram().then(work, () => undefined)
}

/** Has calls ring here for as long as somebody is signed in. */
export function beginCalls(): () => void {
  const offs = [
    client.chat.on('call.ringing', (call) => withProgram(({ ring }) => ring(call))),
    client.chat.on('call.stopped', (call) => withProgram(({ stopRinging }) => stopRinging(call))),
  ]
  return () => {
    for (const off of offs) off()
    callProgram.value?.endCalls()
    forgetCalls()
  }
}
