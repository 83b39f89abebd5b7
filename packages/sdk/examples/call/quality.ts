import type { OngoingCall } from '@secureconnect/sdk/calls'
import { find } from './elements.ts'
import type { Circle } from './enter.ts'

const words = ['does not come through', 'bad', 'poor', 'fair', 'good', 'very good'] as const

/** A score in words, with the number itself. */
function describeScore(score: number | null | undefined): string {
  return score == null ? 'not known' : `${words[Math.floor(score)] ?? ''} (${score})`
}

/** Shows how well media go to and from everybody in the call. */
export function showQuality(call: OngoingCall, { nameOf }: Circle): void {
  const { own, participants } = call
  const people = [...(own ? [{ id: own.participant_id, name: 'You' }] : [])]
  for (const { participant_id: id, user_id } of participants) people.push({ id, name: nameOf(user_id) })
  const lines = people.map(({ id, name }) => {
    const { up, down } = call.qualityOf(id) ?? {}
    const line = document.createElement('li')
    line.textContent = `${name}: sending ${describeScore(up)}, receiving ${describeScore(down)}`
    return line
  })
  find('#quality', HTMLElement).replaceChildren(...lines)
}
