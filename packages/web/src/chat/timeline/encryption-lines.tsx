import type { Message } from '@secureconnect/sdk'
import { icons } from '../../controls/icons.tsx'
import { NewsLine } from '../../encryption/device-news.tsx'
import type { DeviceNews } from '../../encryption/known-people.ts'
import { words } from '../../words/index.ts'

/** Two messages that stand beside each other; none where the conversation begins or ends. */
type Props = { before: Message | undefined; message: Message | undefined; news: readonly DeviceNews[] }

/** Where encryption began; that anything follows without it, an honest server does not bring about. */
function Turn({ before, message }: Pick<Props, 'before' | 'message'>) {
  if (!message || (before?.is_encrypted ?? false) === message.is_encrypted) return null
  const { beginsHere, endsHere } = words.encryption
  return (
    <li class={message.is_encrypted ? 'encryption-line' : 'encryption-line error'}>
      {icons.lock}
      {message.is_encrypted ? beginsHere : endsHere}
    </li>
  )
}

/** What is told between two messages: where encryption began, and whose devices changed meanwhile. */
export function EncryptionLines({ before, message, news }: Props) {
  const isBetween = ({ at }: DeviceNews) =>
    (before === undefined || at > before.created_at) && (message === undefined || at <= message.created_at)
  return (
    <>
      {news.filter(isBetween).map((one) => (
        <NewsLine key={`${one.userId} ${one.at}`} news={one} />
      ))}
      <Turn before={before} message={message} />
    </>
  )
}
