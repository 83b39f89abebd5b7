import { PublicProfile } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { listGrams, toSearchWords } from '../people/search-words.ts'

/** A profile, with the username as it is sorted by. */
export const ProfileRow = Type.Object({ ...PublicProfile.properties, username_key: column.text })
export type ProfileRow = Static<typeof ProfileRow>

export function toPublicProfile(row: PublicProfile): PublicProfile {
  const { user_id, username, display_name, avatar_url, avatar_file_id } = row
  return { user_id, username, display_name, avatar_url, avatar_file_id }
}

type Names = { userId: string; username: string; displayName: string }

/** Makes an account findable by the names it has now. */
export async function saveSearchEntry(sql: Queries, { userId, ...names }: Names): Promise<void> {
  const words = toSearchWords(names)
  await sql.execute`
    insert into user_search (user_id, words, grams) values (${userId}, ${words}, ${listGrams(words)}::text[])
    on conflict (user_id) do update set words = excluded.words, grams = excluded.grams`
}

const FoundRow = Type.Object({ ...ProfileRow.properties, place: column.integer })
export type FoundRow = Static<typeof FoundRow>

type Search = {
  /** Folded as the stored words are. */
  sought: string
  callerId: string
  /** The last one of the page before. */
  after: { place: number; key: string } | undefined
  rows: number
}

/**
 * Finds accounts that hold a text: first those with a word that begins with it. The index over grams leaves few, which
 * are then looked into, so nothing in the text can act as a pattern.
 */
export function searchPeople(sql: Queries, { sought, callerId, after, rows }: Search): Promise<FoundRow[]> {
  return sql.many(FoundRow)`
    with found as (
      select users.user_id, username, display_name, avatar_url, avatar_file_id, username_key,
        case when strpos(words, ${` ${sought}`}) > 0 then 0 else 1 end as place
      from user_search join users on users.user_id = user_search.user_id
      where grams @> ${listGrams(sought)}::text[] and strpos(words, ${sought}) > 0
        and erasing_at is null and (banned_at is null or banned_until <= now())
        and not exists (select 1 from blocks where blocks.user_id = users.user_id and blocked_id = ${callerId})
    )
    select * from found
    where (place, username_key) > (${after?.place ?? -1}::integer, ${after?.key ?? ''})
    order by place, username_key
    limit ${rows}`
}
