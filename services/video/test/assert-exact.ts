import assert from 'node:assert/strict'
import { callEventTopic } from '@secureconnect/directory'
import { column, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'

const Fault = Type.Object({ call_id: column.id, fault: column.text })

type Bounds = { conversationId: string; mostPeople: number }

/** What holds of all calls of a conversation, as the database has them. */
export async function assertExact(sql: Queries, { conversationId, mostPeople }: Bounds): Promise<void> {
  const faults = await sql.many(Fault)`
    with counted as (
      select calls.*,
        (select count(*) from call_participants person where person.call_id = calls.call_id and left_at is null) as present,
        (select count(distinct user_id) from call_participants person
          where person.call_id = calls.call_id and left_at is null) as people,
        (select count(*) from call_invites invite
          where invite.call_id = calls.call_id and invite.status = 'ringing') as ringing,
        (select count(*) from call_participants person where person.call_id = calls.call_id and left_at is null
          and role = 'host') as hosts,
        (select count(*) from call_participants person where person.call_id = calls.call_id and left_at is null
          and role in ('cohost', 'speaker')) as heirs,
        (select count(*) from call_admissions where call_admissions.call_id = calls.call_id
          and status = 'waiting') as waiting,
        (select count(*) from call_participants person join call_admissions door using (call_id, user_id)
          where person.call_id = calls.call_id and left_at is null and door.status in ('banned', 'waiting')) as outside,
        (select count(*) from outbox where topic = ${callEventTopic} and payload ->> 'kind' = 'call.ended'
          and payload -> 'data' ->> 'call_id' = calls.call_id::text) as endings
      from calls where conversation_id = ${conversationId}
    )
    select call_id, 'somebody is there twice' as fault from counted where present <> people
    union all select call_id, 'a call lives without people' from counted where ended_at is null and present = 0
    union all select call_id, 'a call that is over has people' from counted where ended_at is not null and present > 0
    union all select call_id, 'too many are there' from counted where present > ${mostPeople}
    union all select call_id, 'nobody is its host' from counted where status = 'active' and hosts = 0 and heirs > 0
    union all select call_id, 'somebody waits for what is over' from counted where ended_at is not null and waiting > 0
    union all select call_id, 'somebody is in it who is banned or waits' from counted where outside > 0
    union all select call_id, 'it rings and it does not' from counted where (rings_until is not null) <> (ringing > 0)
    union all select call_id, 'its end was not told once' from counted where endings <> (ended_at is not null)::integer`
  assert.deepEqual(faults, [])
}

const Fact = Type.Object({ call_id: column.id, user_id: column.id, fault: column.text })

/** Has the database itself note who comes into a call that he may not come into, at the moment that he does. */
export async function watchDoors(sql: Queries): Promise<void> {
  await sql.execute`create table intrusions (call_id uuid, user_id uuid, fault text)`
  await sql.execute`
    create function note_intrusion() returns trigger language plpgsql as $$
    declare
      entered calls;
      door text;
      last_reason text;
    begin
      select * into entered from calls where call_id = new.call_id;
      select status into door from call_admissions where call_id = new.call_id and user_id = new.user_id;
      select left_reason into last_reason from call_participants
        where call_id = new.call_id and user_id = new.user_id and participant_id <> new.participant_id
        order by joined_at desc limit 1;
      if door = 'banned' then
        insert into intrusions values (new.call_id, new.user_id, 'banned');
      elsif entered.is_locked and new.user_id <> entered.caller_id then
        insert into intrusions values (new.call_id, new.user_id, 'locked');
      elsif entered.has_lobby and new.user_id <> entered.caller_id and door is distinct from 'admitted'
          and (last_reason is null or last_reason in ('kicked', 'banned', 'removed')) then
        insert into intrusions values (new.call_id, new.user_id, 'not let in');
      end if;
      return new;
    end $$`
  await sql.execute`
    create trigger doors after insert on call_participants for each row execute function note_intrusion()`
}

/** That nobody came past a ban, a lock or a lobby since then. */
export async function assertLetIn(sql: Queries): Promise<void> {
  assert.deepEqual(await sql.many(Fact)`select call_id, user_id, fault from intrusions`, [])
}
