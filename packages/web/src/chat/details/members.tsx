import { useSignal } from '@preact/signals'
import type { OwnConversation, Participant } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { attempt } from '../../controls/attempt.ts'
import { Button } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { Menu, MenuItem } from '../../controls/menu.tsx'
import type { Person } from '../../people/people.ts'
import { PeopleSearch } from '../../people/people-search.tsx'
import { PersonLine } from '../../people/person-line.tsx'
import { words } from '../../words/index.ts'
import { loadMembers, membersOf } from '../members.ts'
import { bringIn, takeOut } from './change-members.ts'

type Props = { conversation: OwnConversation }
type Role = Participant['role']

/** What one may do with another member, by one's own role and his. */
function MemberMenu({ conversation, member }: Props & { member: Participant }) {
  const { conversation_id, role: own } = conversation
  const { user_id, role, display_name } = member
  const { details: text } = words
  const isOwner = own === 'owner'
  if (user_id === client.userId || own === 'member' || (!isOwner && role !== 'member')) return null
  const change = (work: () => Promise<unknown>) =>
    attempt(async () => {
      await work()
      await loadMembers(conversation_id)
    })
  const setRole = (next: Role) =>
    change(() => client.rest.conversations.updateParticipant({ conversation_id, user_id, role: next }))
  const remove = () => change(() => takeOut(conversation, user_id))
  return (
    <Menu label={text.member(display_name ?? words.deletedAccount)} face={icons.more} look="icon-button">
      {isOwner && role === 'member' && (
        <MenuItem icon={icons.up} onChoose={() => setRole('admin')}>
          {text.makeAdmin}
        </MenuItem>
      )}
      {isOwner && role === 'admin' && (
        <MenuItem icon={icons.down} onChoose={() => setRole('member')}>
          {text.makeMember}
        </MenuItem>
      )}
      {isOwner && (
        <MenuItem icon={icons.check} onChoose={() => setRole('owner')}>
          {text.makeOwner}
        </MenuItem>
      )}
      <MenuItem icon={icons.leave} isDanger onChoose={remove}>
        {text.remove}
      </MenuItem>
    </Menu>
  )
}

function Adding({ conversation }: Props) {
  const { conversation_id } = conversation
  const isOpen = useSignal(false)
  const { details: text } = words
  const isMember = (id: string) => membersOf(conversation_id).some(({ user_id }) => user_id === id)
  const add = ({ user_id }: Person) =>
    attempt(async () => {
      await bringIn(conversation, user_id)
      await loadMembers(conversation_id)
    })
  if (!isOpen.value) return <Button onClick={() => (isOpen.value = true)}>{text.add}</Button>
  return <PeopleSearch isLeftOut={isMember} onChoose={add} />
}

/** Who is in a group; its owner and admins bring people in, and take them out. */
export function Members({ conversation }: Props) {
  const { details: text } = words
  return (
    <section class="setting-group">
      <h3>{text.members}</h3>
      <ul>
        {membersOf(conversation.conversation_id).map((member) => (
          <PersonLine key={member.user_id} userId={member.user_id}>
            {member.role !== 'member' && <span class="hint">{text.roles[member.role]}</span>}
            <MemberMenu conversation={conversation} member={member} />
          </PersonLine>
        ))}
      </ul>
      {conversation.role !== 'member' && <Adding conversation={conversation} />}
    </section>
  )
}
