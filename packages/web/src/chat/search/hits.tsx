import { useSignal } from '@preact/signals'
import type { Message } from '@secureconnect/sdk'
import type { ComponentChildren } from 'preact'
import { client } from '../../app/client.ts'
import { usePages } from '../../app/use-pages.ts'
import { MoreOfPages } from '../../controls/more-of-pages.tsx'
import { words } from '../../words/index.ts'
import { findConversation, titleOf } from '../list/conversations.ts'
import { FoundMessage } from '../messages/found-message.tsx'

type Found = Awaited<ReturnType<typeof client.rest.search.searchMessages>>
type Hit = Found['hits'][number]

/** So much is shown of what stands before the first word that was found. */
const leadCharacters = 40

/** What a message says around what was found, with that marked. */
function Marked({ hit: { message, highlights } }: { hit: Hit }) {
  const { content } = message
  if (content === null) return null
  const from = Math.max(0, (highlights[0]?.start ?? 0) - leadCharacters)
  const parts: ComponentChildren[] = [from > 0 ? '…' : '']
  let end = from
  for (const { start, end: next } of highlights) {
    parts.push(content.slice(end, start), <mark key={start}>{content.slice(start, next)}</mark>)
    end = next
  }
  return (
    <>
      {parts}
      {content.slice(end)}
    </>
  )
}

function whereIs(conversationId: string): string | undefined {
  const conversation = findConversation(conversationId)
  return conversation && titleOf(conversation)
}

type Props = { query: string; conversationId?: string; onGo: (message: Message) => void }

/** The messages that were found, a page at a time. */
export function Hits({ query: q, conversationId, onGo }: Props) {
  const { search: text } = words
  const about = useSignal<Pick<Found, 'encrypted_excluded' | 'index_lag_events'> | undefined>(undefined)
  const pages = usePages<Hit>(
    async (cursor, signal) => {
      const where = conversationId === undefined ? {} : { conversation_id: conversationId }
      const { hits, next_cursor, ...others } = await client.rest.search.searchMessages(
        { q, ...where, ...cursor },
        { signal },
      )
      about.value = others
      return { items: hits, next_cursor }
    },
    [q, conversationId],
  )
  const hits = pages.items.value
  const { value: state } = pages.state
  const { encrypted_excluded: excluded = 0, index_lag_events: lag = 0 } = about.value ?? {}
  return (
    <div class="hits" aria-live="polite">
      {hits.length === 0 && state.is === 'there' && !state.hasMore && <p class="hint">{text.none(q)}</p>}
      {lag > 0 && <p class="hint">{text.late}</p>}
      {excluded > 0 && <p class="hint">{text.encrypted(excluded)}</p>}
      <ul class="found" aria-label={text.results}>
        {hits.map((hit) => (
          <li key={hit.message.message_id}>
            <FoundMessage
              message={hit.message}
              where={conversationId === undefined ? whereIs(hit.message.conversation_id) : undefined}
              onGo={() => onGo(hit.message)}
            >
              <Marked hit={hit} />
            </FoundMessage>
          </li>
        ))}
      </ul>
      <MoreOfPages pages={pages} />
    </div>
  )
}
