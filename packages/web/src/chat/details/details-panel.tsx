import type { OwnConversation } from '@secureconnect/sdk'
import { Avatar } from '../../people/avatar.tsx'
import { PresenceText } from '../../people/presence-dot.tsx'
import { words } from '../../words/index.ts'
import { titleOf } from '../list/conversations.ts'
import { Encryption } from './encryption.tsx'
import { Leaving } from './leaving.tsx'
import { Members } from './members.tsx'
import { Notifications } from './notifications.tsx'
import { PeerActions } from './peer-actions.tsx'
import { Rename } from './rename.tsx'
import { Settings } from './settings.tsx'

/** Who and what a conversation is, and what one may change of it. */
export function DetailsPanel({ conversation }: { conversation: OwnConversation }) {
  const { conversation_id: id, peer_id, type, role, member_count } = conversation
  const isGroup = type === 'group'
  const mayManage = isGroup && role !== 'member'
  return (
    <>
      <div class="details-head">
        <Avatar id={peer_id ?? id} name={titleOf(conversation)} />
        <strong>{titleOf(conversation)}</strong>
        {peer_id ? (
          <PresenceText userId={peer_id} />
        ) : (
          <span class="hint">{words.conversations.members(member_count)}</span>
        )}
      </div>
      <Notifications conversation={conversation} />
      {mayManage && <Rename conversation={conversation} />}
      {isGroup && <Members conversation={conversation} />}
      <Encryption conversation={conversation} mayChange={mayManage || !isGroup} />
      <Settings conversation={conversation} mayChange={mayManage || !isGroup} />
      {peer_id && <PeerActions userId={peer_id} />}
      <Leaving conversation={conversation} />
    </>
  )
}
