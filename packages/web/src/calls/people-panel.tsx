import { IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { Menu, MenuItem } from '../controls/menu.tsx'
import { TrustMark } from '../encryption/trust/trust-mark.tsx'
import { Avatar } from '../people/avatar.tsx'
import { nameOf } from '../people/people.ts'
import { words } from '../words/index.ts'
import { callIcons } from './call-icons.tsx'
import { CallRules } from './call-rules.tsx'
import { isModerator, listActs } from './moderation.ts'
import type { Room } from './room.ts'
import type { Talk } from './talk.ts'

type Person = Room['others'][number]

function Marks({ person }: { person: Person }) {
  const { moderation: text, tiles } = words.calls
  const { role, held_sources: held, hand_raised_at: hand } = person
  const notes = [role !== 'speaker' && text.roles[role], held.includes('mic') && text.isMuted].filter(Boolean)
  return (
    <span class="hint">
      {notes.join(', ')}
      {hand && (
        <span class="tile-mark">
          {callIcons.hand}
          <span class="for-readers">{tiles.handRaised}</span>
        </span>
      )}
    </span>
  )
}

function PersonRow({ talk, person, isOwn }: { talk: Talk; person: Person; isOwn: boolean }) {
  const { moderation: text, tiles } = words.calls
  const name = nameOf(person.user_id)
  const acts = isOwn || !talk.isGroup ? [] : listActs(talk.room.value?.own, person)
  return (
    <li class="panel-row">
      <Avatar id={person.user_id} name={name} size="small" />
      <span class="panel-name">
        {isOwn ? tiles.you : name} <Marks person={person} />
        {talk.isEncrypted && !isOwn && <TrustMark userId={person.user_id} />}
      </span>
      {acts.length > 0 && (
        <div class="panel-menu">
          <Menu
            label={text.actsOn(name)}
            face={
              <>
                {callIcons.more}
                <span class="for-readers">{text.actsOn(name)}</span>
              </>
            }
          >
            {acts.map(({ id, label, carryOut }) => (
              <MenuItem key={id} onChoose={() => talk.attempt(carryOut, id === 'ban' ? person.user_id : undefined)}>
                {label}
              </MenuItem>
            ))}
          </Menu>
        </div>
      )}
    </li>
  )
}

/** Who is not let into the call again, as far as this page has seen to that. */
function Banned({ talk }: { talk: Talk }) {
  const { moderation: text } = words.calls
  return (
    <>
      {talk.banned.value.map((userId) => (
        <li key={userId} class="panel-row">
          <span class="panel-name">
            {nameOf(userId)} <span class="hint">{text.isBanned}</span>
          </span>
          <IconButton label={text.unban(nameOf(userId))} icon={icons.plus} onClick={() => talk.unban(userId)} />
        </li>
      ))}
    </>
  )
}

/** Who is in the call, and what one may do about each. */
export function PeoplePanel({ talk, onClose }: { talk: Talk; onClose: () => void }) {
  const { calls: text } = words
  const room = talk.room.value
  if (!room) return null
  return (
    <section class="stage-panel" aria-label={text.tiles.title}>
      <header class="panel-bar">
        <h3>{text.tiles.title}</h3>
        <IconButton label={words.close} icon={icons.close} onClick={onClose} />
      </header>
      {talk.isEncrypted && <p class="hint">{text.encryption.hint}</p>}
      {talk.isGroup && isModerator(room.own) && <CallRules talk={talk} />}
      <ul class="panel-list">
        {room.own && <PersonRow talk={talk} person={room.own} isOwn />}
        {room.others.map((person) => (
          <PersonRow key={person.participant_id} talk={talk} person={person} isOwn={false} />
        ))}
        <Banned talk={talk} />
      </ul>
    </section>
  )
}
