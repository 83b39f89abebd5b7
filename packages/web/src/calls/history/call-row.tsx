import type { Call } from '@secureconnect/sdk/calls'
import { callPath, follow, place } from '../../app/router.ts'
import { lookUpConversation } from '../../chat/list/conversations.ts'
import { Avatar } from '../../people/avatar.tsx'
import { shortTimeOf } from '../../words/times.ts'
import { callIcons } from '../call-icons.tsx'
import { isMissed, outcomeOf, titleOfCall } from './describe-call.ts'

/** One call in the list of all. */
export function CallRow({ call }: { call: Call }) {
  const { call_id: id, conversation_id, call_type, created_at } = call
  const title = titleOfCall(call)
  const peer = lookUpConversation(conversation_id)?.peer_id ?? conversation_id
  return (
    <li>
      <a
        class="conversation-row"
        href={callPath(id)}
        onClick={follow}
        aria-current={place.value.callId === id ? 'page' : undefined}
      >
        <Avatar id={peer} name={title} />
        <span class="row-title">{title}</span>
        <time class="row-time" dateTime={created_at}>
          {shortTimeOf(created_at)}
        </time>
        <span class={`row-preview call-outcome ${isMissed(call) ? 'missed' : ''}`}>
          {call_type === 'video' ? callIcons.camera : callIcons.phone}
          {outcomeOf(call)}
        </span>
      </a>
    </li>
  )
}
