import { membersOf } from '../chat/members.ts'
import { ActButton } from '../controls/act-button.tsx'
import { Button } from '../controls/button.tsx'
import { nameOf } from '../people/people.ts'
import { words } from '../words/index.ts'
import { UnseenNews } from './device-news.tsx'
import { isDoubtful, rejoin } from './doubts.ts'
import { explainDevice } from './explain-device.ts'
import { needDevice, ownDevice, takeDevice } from './own-device.ts'
import { useReaders } from './use-readers.ts'

const mostNamed = 3

/** What keeps one from reading and writing an encrypted conversation in this page, and the way on. */
export function Standing() {
  const { standing } = words.encryption
  const now = ownDevice.value
  if (now.is === 'opening') return <p class="hint encryption-hint">{standing.opening}</p>
  if (now.is === 'elsewhere') {
    return (
      <div class="notice" role="status">
        <p>{standing.elsewhere}</p>
        <Button onClick={takeDevice}>{standing.take}</Button>
      </div>
    )
  }
  if (now.is !== 'failed') return null
  return (
    <div class="notice" role="alert">
      <p>{standing.failed(explainDevice(now.error))}</p>
      <Button onClick={needDevice}>{words.tryAgain}</Button>
    </div>
  )
}

function Doubt({ conversationId }: { conversationId: string }) {
  if (!isDoubtful(conversationId)) return null
  const { doubt, rejoin: text } = words.encryption
  return (
    <div class="notice error" role="alert">
      <p>{doubt}</p>
      <ActButton onAct={() => rejoin(conversationId)}>{text}</ActButton>
    </div>
  )
}

/** Who is here and could not read what is written now. */
function Unready({ conversationId }: { conversationId: string }) {
  const readers = useReaders(conversationId)
  // Where nobody else could read it, it waits, and says so by itself.
  if (!readers || readers.size < 2) return null
  const unready = membersOf(conversationId).filter(({ user_id }) => !readers.has(user_id))
  if (unready.length === 0) return null
  const names = unready.slice(0, mostNamed).map(({ user_id }) => nameOf(user_id))
  return (
    <p class="hint encryption-hint" role="status">
      {words.encryption.unready(names, unready.length)}
    </p>
  )
}

/** What is to be known before one writes in an encrypted conversation. */
export function EncryptionNotices({ conversationId }: { conversationId: string }) {
  return (
    <>
      <Standing />
      <Doubt conversationId={conversationId} />
      <UnseenNews />
      <Unready conversationId={conversationId} />
    </>
  )
}
