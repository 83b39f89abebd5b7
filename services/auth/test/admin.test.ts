import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { writeHealth } from '@secureconnect/directory'
import { newId } from '@secureconnect/sql'
import { shareAdmin } from './share-admin.ts'
import { ask, engines, registerPerson } from './test-auth.ts'

for (const engine of engines) {
  describe(`administration on ${engine}`, () => {
    const { open, get } = shareAdmin(engine)
    const getStats = async () => (await get('stats')).data

    test('the numbers are those of the database', async () => {
      const auth = open()
      const before = await getStats()
      const people = [await registerPerson(auth), await registerPerson(auth), await registerPerson(auth)]
      const [first, second, third] = people.map(({ user }) => user.user_id)
      const { sql } = auth.context
      await sql.execute`update users set created_at = now() - interval '2 days' where user_id = ${first ?? ''}`
      await sql.execute`update users set created_at = now() - interval '8 days', email_verified_at = now() where user_id = ${second ?? ''}`
      await sql.execute`update users set banned_at = now(), banned_until = now() - interval '1 second' where user_id = ${second ?? ''}`
      await sql.execute`update users set banned_at = now() where user_id = ${third ?? ''}`
      await sql.execute`update sessions set idle_expires_at = now() - interval '1 second' where user_id = ${first ?? ''}`
      const after = await getStats()
      const grown = (part: 'users' | 'sessions') =>
        Object.fromEntries(Object.keys(after[part]).map((name) => [name, after[part][name] - before[part][name]]))
      assert.deepEqual(grown('users'), { total: 3, new_24h: 1, new_7d: 2, verified: 1, banned: 1 })
      assert.deepEqual(grown('sessions'), { live: 2 })
    })

    test('what running processes count is added up, and each service is as well as they are', async () => {
      const auth = open()
      const { sql } = auth.context
      const row = { service: 'chat-service', status: 'healthy', checks: {}, counts: { sockets: 2 } } as const
      await writeHealth(sql, { ...row, instance: 'one' })
      await writeHealth(sql, { ...row, instance: 'two', counts: { sockets: 3 } })
      await writeHealth(sql, { ...row, instance: 'gone', counts: { sockets: 100 } })
      await sql.execute`update service_health set seen_at = now() - interval '16 seconds' where instance = 'gone'`
      assert.deepEqual((await getStats()).services['chat-service'], { sockets: 5 })
      const check = { status: 'down', required: false, error: 'refused' } as const
      const chat = async () => {
        const { data } = await get('health')
        return data.services.find(({ service }: { service: string }) => service === 'chat-service')
      }
      const statuses = ({ instances }: { instances: { instance: string; status: string }[] }) =>
        Object.fromEntries(instances.map(({ instance, status }) => [instance, status]))
      const well = await chat()
      assert.equal(well.status, 'healthy')
      assert.deepEqual(statuses(well), { gone: 'unknown', one: 'healthy', two: 'healthy' })
      await writeHealth(sql, { ...row, instance: 'one', status: 'degraded', checks: { redis: check } })
      const ill = await chat()
      assert.equal(ill.status, 'degraded')
      assert.deepEqual(ill.instances.find(({ instance }: { instance: string }) => instance === 'one').checks, {
        redis: check,
      })
      await sql.execute`update service_health set seen_at = now() - interval '16 seconds' where service = 'chat-service'`
      assert.equal((await chat()).status, 'unknown')
      const { data } = await get('health')
      assert.deepEqual(
        data.services.map(({ service }: { service: string }) => service),
        ['api-gateway', 'auth-service', 'chat-service', 'video-service', 'storage-service'],
      )
      assert.deepEqual(data.services[0], { service: 'api-gateway', status: 'unknown', instances: [] })
      assert.deepEqual(data.services.at(-1), { service: 'storage-service', status: 'unknown', instances: [] })
    })

    test('the gateway, which has no database, is as well as it tells the others by Redis', async () => {
      const auth = open()
      const { kv } = auth.context
      const told = { instance: 'gateway-1', seen_at: new Date().toISOString(), checks: {} }
      const tell = (instance: string, status: string) =>
        kv.set(`health:api-gateway:${instance}`, JSON.stringify({ ...told, instance, status }), { ttlMs: 15_000 })
      await kv.addToSet('health:api-gateway', ['gateway-1', 'gateway-2'], { ttlMs: 15_000 })
      await tell('gateway-1', 'healthy')
      await tell('gateway-2', 'degraded')
      const [gateway] = (await get('health')).data.services
      assert.deepEqual([gateway.service, gateway.status, gateway.instances.length], ['api-gateway', 'degraded', 2])
      await kv.delete('health:api-gateway:gateway-2')
      const { data } = await get('health')
      assert.deepEqual(data.services[0], {
        service: 'api-gateway',
        status: 'healthy',
        instances: [{ ...told, status: 'healthy' }],
      })
      await kv.delete('health:api-gateway', 'health:api-gateway:gateway-1')
    })

    test('an administrator is one by the database and not by his token', async () => {
      const auth = open()
      const person = await registerPerson(auth)
      const { sql } = auth.context
      const stats = () => ask(`${auth.address}/v1/admin/stats`, { token: person.access_token })
      assert.deepEqual([(await stats()).status, (await stats()).code], [403, 'FORBIDDEN'])
      await sql.execute`update users set role = 'admin' where user_id = ${person.user.user_id}`
      assert.equal((await stats()).status, 200)
      const { data } = await ask(`${auth.address}/v1/auth/refresh`, { body: { refresh_token: person.refresh_token } })
      await sql.execute`update users set role = 'user' where user_id = ${person.user.user_id}`
      assert.equal((await ask(`${auth.address}/v1/admin/stats`, { token: data.access_token })).status, 403)
    })

    test('what a list cannot be asked for is refused', async () => {
      const cursorOf = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
      const id = newId()
      const faults = [
        ['users?sort=password_hash', 'VALIDATION_ERROR'],
        ['users?order=up', 'VALIDATION_ERROR'],
        ['users?status=online', 'VALIDATION_ERROR'],
        ['users?limit=101', 'VALIDATION_ERROR'],
        ['users?q=', 'VALIDATION_ERROR'],
        ['users?q=%00', 'VALIDATION_ERROR'],
        ['users?page=2', 'VALIDATION_ERROR'],
        ['users?q=a&q=b', 'VALIDATION_ERROR'],
        ['users?cursor=x', 'INVALID_CURSOR'],
        [`users?cursor=${cursorOf({ key: 'a\u0000', id })}`, 'INVALID_CURSOR'],
        [`users?cursor=${cursorOf({ key: 'a', id: "'" })}`, 'INVALID_CURSOR'],
        [`audit-logs?cursor=${cursorOf({ at: 'now', id })}`, 'INVALID_CURSOR'],
        ['audit-logs?user_id=me', 'VALIDATION_ERROR'],
        ['audit-logs?from=2026-13-01T00:00:00.000Z', 'VALIDATION_ERROR'],
        ['audit-logs?from=0000-01-01T00:00:00.000Z', 'VALIDATION_ERROR'],
        ['audit-logs?result=maybe', 'VALIDATION_ERROR'],
      ] as const
      for (const [path, code] of faults) {
        const answer = await get(path)
        assert.deepEqual([answer.status, answer.code], [400, code], path)
      }
      const noSuchDay = '2026-02-31T00:00:00.000Z'
      assert.equal((await get(`audit-logs?to=${noSuchDay}&cursor=${cursorOf({ at: noSuchDay, id })}`)).status, 200)
    })
  })
}
