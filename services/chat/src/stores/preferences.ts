import { NotificationPreferences } from '@secureconnect/protocol'
import { json, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'

const PreferencesRow = Type.Object({ preferences: Type.Partial(NotificationPreferences) })

/** What somebody is notified of who never said anything. */
const usual: NotificationPreferences = {
  message_enabled: true,
  call_enabled: true,
  friend_request_enabled: true,
  system_enabled: true,
  push_enabled: true,
  email_enabled: true,
  quiet_hours: null,
}

/** What somebody wants to be notified of. */
export async function loadPreferences(sql: Queries, userId: string): Promise<NotificationPreferences> {
  const row = await sql.maybeOne(PreferencesRow)`
    select preferences from notification_preferences where user_id = ${userId}`
  return { ...usual, ...row?.preferences }
}

/** Adds to what somebody said before. */
export async function savePreferences(
  sql: Queries,
  userId: string,
  changes: Partial<NotificationPreferences>,
): Promise<void> {
  await sql.execute`
    insert into notification_preferences (user_id, preferences) values (${userId}, ${json(changes)})
    on conflict (user_id) do update set changed_at = clock_timestamp(),
      preferences = notification_preferences.preferences || excluded.preferences`
}
