import type { OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { icons } from '../../controls/icons.tsx'
import { rejoin } from '../../encryption/doubts.ts'
import { SafetyNumber } from '../../encryption/trust/safety-number.tsx'
import { TrustMark } from '../../encryption/trust/trust-mark.tsx'
import { useReaders } from '../../encryption/use-readers.ts'
import { PersonLine } from '../../people/person-line.tsx'
import { words } from '../../words/index.ts'
import { encrypt } from '../list/begin-conversation.ts'
import { membersOf } from '../members.ts'
import { Confirmed } from './confirmed.tsx'

function Readers({ conversation: { conversation_id: id } }: { conversation: OwnConversation }) {
  const { encryption: text } = words
  const readers = useReaders(id)
  return (
    <>
      <p class="encryption-says">
        {icons.lock}
        {text.encrypted}. {text.readers}
      </p>
      <ul class="readers">
        {membersOf(id).map(({ user_id }) => (
          <PersonLine key={user_id} userId={user_id}>
            <span class="reader-facts">
              <span class="hint">
                {readers?.has(user_id) ? text.devicesOf(readers.get(user_id) ?? 0) : text.noDevices}
              </span>
              {user_id !== client.userId && <TrustMark userId={user_id} />}
            </span>
            {user_id !== client.userId && <SafetyNumber userId={user_id} />}
          </PersonLine>
        ))}
      </ul>
      <Confirmed label={text.rejoin} question={text.rejoinQuestion} onConfirm={() => rejoin(id)} />
    </>
  )
}

type Props = { conversation: OwnConversation; mayChange: boolean }

/** Whether only the people's devices can read a conversation, and which they are; where it is not so, the way to it. */
export function Encryption({ conversation, mayChange }: Props) {
  const { conversation_id, is_e2ee_enabled: isEncrypted } = conversation
  const { encryption: text } = words
  return (
    <section class="setting-group">
      <h3>{text.title}</h3>
      {isEncrypted ? <Readers conversation={conversation} /> : <p class="hint">{text.notEncrypted}</p>}
      {!isEncrypted && mayChange && (
        <Confirmed label={text.turnOn} question={text.turnOnQuestion} onConfirm={() => encrypt(conversation_id)} />
      )}
    </section>
  )
}
