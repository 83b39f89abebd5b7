import { client } from '../app/client.ts'
import { usePages } from '../app/use-pages.ts'
import { ActButton } from '../controls/act-button.tsx'
import { MoreOfPages } from '../controls/more-of-pages.tsx'
import { Panel } from '../controls/panel.tsx'
import { Avatar } from '../people/avatar.tsx'
import { words } from '../words/index.ts'

/** Whom one blocks; a conversation is where one blocks somebody. */
export function BlockedPanel() {
  const { privacy: text } = words.settings
  const blocked = usePages(async (cursor, signal) => {
    const { blocked_users, next_cursor } = await client.rest.people.listBlocked(cursor, { signal })
    return { items: blocked_users, next_cursor }
  }, [])

  async function unblock(user_id: string): Promise<void> {
    await client.rest.people.unblock({ user_id })
    blocked.change((items) => items.filter((one) => one.user_id !== user_id))
  }

  return (
    <Panel title={text.blocked} hint={text.blockedHint}>
      <ul class="rows">
        {blocked.items.value.map(({ user_id, display_name, username, reason }) => (
          <li key={user_id} class="row">
            <Avatar id={user_id} name={display_name} size="small" />
            <div class="row-text">
              <p>{display_name}</p>
              <p class="hint">
                @{username}
                {reason && `: ${reason}`}
              </p>
            </div>
            <ActButton label={text.unblockNamed(display_name)} onAct={() => unblock(user_id)}>
              {text.unblock}
            </ActButton>
          </li>
        ))}
      </ul>
      <MoreOfPages pages={blocked} none={text.nobodyBlocked} />
    </Panel>
  )
}
