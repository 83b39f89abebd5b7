import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AuditEntry } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { shareAdmin } from './share-admin.ts'
import { engines } from './test-auth.ts'

for (const engine of engines) {
  describe(`the audit log on ${engine}`, () => {
    const { open, get } = shareAdmin(engine)

    test('the audit log is read newest first, whole, and narrowed by every filter', async () => {
      const auth = open()
      const { sql } = auth.context
      const [user, target] = [newId(), newId()]
      const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, Math.floor(n / 2)))
      for (let n = 0; n < 9; n++) {
        await sql.execute`
          insert into audit_events (event_id, occurred_at, service, user_id, resource, action, target_id, result)
          values (${newId()}, ${at(n)}, ${n < 3 ? 'chat-service' : 'auth-service'}, ${user}, ${n % 2 ? 'file' : 'call'}, 'read', ${n === 4 ? target : null}, ${n % 3 ? 'allowed' : 'denied'})`
      }
      const list = async (query: string): Promise<AuditEntry[]> =>
        (await get(`audit-logs?user_id=${user}&${query}`)).data.entries
      const whole = await list('limit=100')
      assert.equal(whole.length, 9)
      assert.deepEqual(
        whole.map(({ timestamp }) => timestamp),
        whole
          .map(({ timestamp }) => timestamp)
          .toSorted()
          .toReversed(),
      )
      const paged: AuditEntry[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { data } = await get(`audit-logs?user_id=${user}&limit=2${cursor && `&cursor=${cursor}`}`)
        paged.push(...data.entries)
        cursor = data.next_cursor
      }
      assert.deepEqual(paged, whole)
      const counts = {
        'resource=file': 4,
        'action=read': 9,
        'action=write': 0,
        'result=denied': 3,
        'service=chat-service': 3,
        [`target_id=${target}`]: 1,
        [`from=${at(4).toISOString()}`]: 5,
        [`to=${at(4).toISOString()}`]: 4,
        [`from=${at(2).toISOString()}&to=${at(4).toISOString()}&result=allowed`]: 1,
      }
      for (const [query, count] of Object.entries(counts)) assert.equal((await list(query)).length, count, query)
      const all = await get('audit-logs?resource=user&action=register&limit=1')
      assert.equal(all.data.entries[0].result, 'allowed')
    })

    test('whoever looks at accounts or the audit log is recorded himself', async () => {
      const auth = open()
      await get('users')
      await get('audit-logs')
      const acts = auth.lines.filter(({ stream, action }) => stream === 'audit' && action === 'list').slice(-2)
      assert.deepEqual(
        acts.map(({ resource, result }) => [resource, result]),
        [
          ['users', 'allowed'],
          ['audit', 'allowed'],
        ],
      )
    })
  })
}
