import { lifetimes } from '@secureconnect/protocol'
import { column, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const Claims = Type.Object({ target_id: column.id, claims: column.integer, ends_in_ms: column.integer })

/** Counts that somebody is given keys of others; each count begins anew a day after its first. */
export function noteClaims(
  tx: Transaction,
  claimerId: string,
  targetIds: readonly string[],
): Promise<Static<typeof Claims>[]> {
  return tx.many(Claims)`
    insert into key_claims (claimer_id, target_id, claims, began_at)
    select ${claimerId}::uuid, target_id, 1, clock_timestamp() from unnest(${targetIds}::uuid[]) as target_id
    order by target_id
    on conflict (claimer_id, target_id) do update set
      claims = case when key_claims.began_at + ${lifetimes.keyClaimsMs}::bigint * interval '1 millisecond' > excluded.began_at
        then key_claims.claims + 1 else 1 end,
      began_at = case when key_claims.began_at + ${lifetimes.keyClaimsMs}::bigint * interval '1 millisecond' > excluded.began_at
        then key_claims.began_at else excluded.began_at end
    returning target_id, claims,
      (extract(epoch from began_at - clock_timestamp()) * 1000)::bigint + ${lifetimes.keyClaimsMs}::bigint as ends_in_ms`
}
