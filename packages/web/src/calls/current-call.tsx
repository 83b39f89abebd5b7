import { place } from '../app/router.ts'
import { CallBar } from './call-bar.tsx'
import { isChatShown, talk } from './current-talk.ts'
import { Stage } from './stage.tsx'

/** The call that one is in: whole in its conversation, elsewhere in one line. */
export function CurrentCall() {
  const { value } = talk
  if (!value) return null
  const isHere = place.value.conversationId === value.conversationId
  return (
    <>
      {isHere && <Stage key={value.id} talk={value} />}
      {(!isHere || isChatShown.value) && value.isGoingOn.value && <CallBar talk={value} />}
    </>
  )
}
