import type { Message } from '@secureconnect/sdk'
import type { ComponentChildren } from 'preact'
import { nameOf } from '../../people/people.ts'
import { shortTimeOf } from '../../words/times.ts'
import { textOf } from './text-of.ts'

type Props = { message: Message; where?: string | undefined; onGo: () => void; children?: ComponentChildren }

/** A message outside of its conversation; a click goes to it. */
export function FoundMessage({ message, where, onGo, children = textOf(message) }: Props) {
  const { sender_id, created_at } = message
  return (
    <button class="found-message" type="button" onClick={onGo}>
      <span class="found-head">
        <strong>{nameOf(sender_id)}</strong>
        {where !== undefined && <span class="hint">{where}</span>}
        <time dateTime={created_at}>{shortTimeOf(created_at)}</time>
      </span>
      <span class="found-text">{children}</span>
    </button>
  )
}
