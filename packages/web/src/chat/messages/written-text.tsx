import type { Message } from '@secureconnect/sdk'
import type { ComponentChildren } from 'preact'
import { client } from '../../app/client.ts'
import { findPerson } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { everybody, mentionPattern } from '../writing/mentions.ts'

/** Addresses that can be opened; what ends a sentence or closes a bracket is none of theirs. */
const links = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}]/
const special = new RegExp(`${links.source}|${mentionPattern.source}`, 'gu')

type Mentions = Pick<Message, 'mentions' | 'mentions_all'>

/** Who is meant by a name, if the message means anybody by it. */
function findMeant(
  username: string,
  { mentions, mentions_all }: Mentions,
): { name: string; isMe: boolean } | undefined {
  if (mentions_all && username === everybody) return { name: words.mentions.everybody, isMe: true }
  const isMeant = (id: string) => findPerson(id)?.username.toLocaleLowerCase() === username.toLocaleLowerCase()
  const id = mentions.find(isMeant)
  return id === undefined ? undefined : { name: findPerson(id)?.display_name ?? username, isMe: id === client.userId }
}

function draw(part: string, username: string | undefined, mentioned: Mentions): ComponentChildren {
  if (username === undefined) {
    return (
      <a href={part} target="_blank" rel="noopener noreferrer nofollow">
        {part}
      </a>
    )
  }
  const meant = findMeant(username, mentioned)
  if (!meant) return part
  return (
    <span class={`mention ${meant.isMe ? 'of-me' : ''}`} title={part}>
      @{meant.name}
    </span>
  )
}

type Props = { text: string } & Partial<Mentions>

/** What somebody wrote, with its links to be followed and whom it mentions; everything else stays text. */
export function WrittenText({ text, mentions = [], mentions_all = false }: Props) {
  const parts: ComponentChildren[] = []
  let end = 0
  for (const { 0: part, 1: username, index } of text.matchAll(special)) {
    parts.push(text.slice(end, index), draw(part, username, { mentions, mentions_all }))
    end = index + part.length
  }
  return (
    <p class="written" dir="auto">
      {parts}
      {text.slice(end)}
    </p>
  )
}
