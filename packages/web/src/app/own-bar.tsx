import { signOut, standing } from '../account/session.ts'
import { callIcons } from '../calls/call-icons.tsx'
import { IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { Menu, MenuChoice, MenuItem, MenuLink, MenuRule } from '../controls/menu.tsx'
import { pages } from '../pages.ts'
import { Avatar } from '../people/avatar.tsx'
import { words } from '../words/index.ts'
import { chooseStatus, statuses, useOwnStatus } from './own-status.ts'

function OwnMenu() {
  const ownStatus = useOwnStatus()
  if (standing.value.is !== 'signed-in') return null
  const { me } = standing.value
  const { account: text } = words
  const face = (
    <>
      <span class={ownStatus && `with-status ${ownStatus}`}>
        <Avatar id={me.user_id} name={me.display_name} size="small" />
      </span>
      <span class="own-name">{me.display_name}</span>
      <span class="for-readers">{text.menu}</span>
      {icons.down}
    </>
  )
  return (
    <Menu label={text.menu} face={face}>
      {statuses.map((status) => (
        <MenuChoice key={status} isChosen={ownStatus === status} onChoose={() => chooseStatus(status)}>
          <span class={`status-dot ${status}`} />
          {text.statuses[status]}
        </MenuChoice>
      ))}
      <MenuRule />
      <MenuLink href={pages.calls} icon={callIcons.phone}>
        {words.calls.history.title}
      </MenuLink>
      <MenuLink href={pages.settings} icon={icons.settings}>
        {words.settings.title}
      </MenuLink>
      {me.role === 'admin' && (
        <MenuLink href={pages.admin} icon={icons.shield}>
          {words.admin.title}
        </MenuLink>
      )}
      <MenuRule />
      <MenuItem icon={icons.leave} onChoose={signOut}>
        {text.signOut}
      </MenuItem>
    </Menu>
  )
}

/** Stands above one's conversations: oneself with all that is one's own, and how to begin a conversation. */
type Props = { isSearching: boolean; onSearch: () => void; onStart: () => void }

export function OwnBar({ isSearching, onSearch, onStart }: Props) {
  return (
    <header class="own-bar">
      <OwnMenu />
      <IconButton
        label={isSearching ? words.toConversations : words.search.everywhere}
        icon={isSearching ? icons.close : icons.search}
        onClick={onSearch}
      />
      <IconButton label={words.conversations.new} icon={icons.plus} onClick={onStart} />
    </header>
  )
}
