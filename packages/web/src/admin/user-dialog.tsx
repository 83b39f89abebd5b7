import { useSignal } from '@preact/signals'
import type { ManagedUser } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { go } from '../app/router.ts'
import { ActButton } from '../controls/act-button.tsx'
import { Button } from '../controls/button.tsx'
import { Dialog } from '../controls/dialog.tsx'
import { Facts } from '../controls/facts.tsx'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { wholeTimeOf } from '../words/times.ts'
import { auditFilter, noFilter } from './audit-filter.ts'
import { BanForm } from './ban-form.tsx'

type Props = { user: ManagedUser; onChange: (user: ManagedUser) => void; onClose: () => void }

function listFacts({ username, email, email_verified, role, created_at, last_used_at, ban }: ManagedUser) {
  const { users: text } = words.admin
  const facts: [string, string][] = [
    [text.username, `@${username}`],
    [text.email, `${email} (${email_verified ? text.confirmed : text.unconfirmed})`],
    [text.role, role === 'admin' ? text.admin : text.person],
    [text.since, wholeTimeOf(created_at)],
    [text.lastUsed, last_used_at ? wholeTimeOf(last_used_at) : text.neverUsed],
  ]
  if (ban) facts.push([text.banned, text.banOf(ban.reason, ban.banned_until && wholeTimeOf(ban.banned_until))])
  return facts
}

/** All that administrators may know of somebody, and do about him. */
export function UserDialog({ user, onChange, onClose }: Props) {
  const { users: text } = words.admin
  const isBanning = useSignal(false)
  const { user_id, ban } = user

  async function unban(): Promise<void> {
    await client.rest.admin.unbanUser({ user_id })
    onChange({ ...user, status: 'active', ban: null })
  }
  function showAudit(): void {
    auditFilter.value = { ...noFilter, user_id }
    go(`${pages.admin}/audit`)
  }

  return (
    <Dialog title={user.display_name} onClose={onClose}>
      <Facts of={listFacts(user)} />
      {isBanning.value ? (
        <BanForm
          userId={user_id}
          onBanned={(banned) => {
            isBanning.value = false
            onChange({ ...user, status: 'banned', ban: banned })
          }}
        />
      ) : (
        <div class="choices">
          <Button onClick={showAudit}>{text.audit}</Button>
          {ban && <ActButton onAct={unban}>{text.unban}</ActButton>}
          {user_id !== client.userId && user.status !== 'erasing' && (
            <Button kind="danger" onClick={() => (isBanning.value = true)}>
              {ban ? text.banAgain : text.ban}
            </Button>
          )}
        </div>
      )}
    </Dialog>
  )
}
