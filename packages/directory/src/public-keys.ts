import { PublicKey } from '@secureconnect/protocol'
import { json, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'

const KeyRow = Type.Object({ jwk: PublicKey })

/** The keys that verify access tokens. One that auth-service no longer holds ends two minutes after the others were last seen. */
export async function listPublicKeys(sql: Queries): Promise<PublicKey[]> {
  const rows = await sql.many(KeyRow)`
    select jwk from public_keys
    where seen_at > (select max(seen_at) from public_keys) - interval '2 minutes'
    order by kid`
  return rows.map(({ jwk }) => jwk)
}

/** Publishes the keys that auth-service holds; it does so again and again, which keeps them listed. */
export async function savePublicKeys(sql: Queries, keys: readonly PublicKey[]): Promise<void> {
  await sql.execute`
    insert into public_keys (kid, jwk, seen_at)
    select jwk ->> 'kid', jwk, now() from jsonb_array_elements(${json(keys)}::jsonb) as held (jwk)
    on conflict (kid) do update set jwk = excluded.jwk, seen_at = excluded.seen_at`
}
