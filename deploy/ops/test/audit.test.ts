import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audit } from '../src/commands/audit.ts'
import { failingDocker, fakeDocker } from './fake-docker.ts'
import { createRoot, tryOps } from './try-ops.ts'

test('an audit log is intact or not, and where it is not one is told where', async (t) => {
  const root = createRoot((clean) => t.after(clean))
  const prove = (faults: object[]) =>
    fakeDocker(t, root, { audit: { isIntact: faults.length === 0, checked: 7, faults, pendingIds: ['one'] } })
  prove([])
  assert.deepEqual(await tryOps(root, audit, 'verify'), {
    code: 0,
    text: 'Going through the audit log …\n7 records checked, 0 faults, 1 pending: intact.',
  })
  prove([{ seq: 3, kind: 'altered', eventId: 'e3' }])
  const { code, text } = await tryOps(root, audit, 'verify')
  assert.equal(code, 1)
  assert.match(text, /FAIL +altered at 3, event e3\n.*NOT intact/)
  assert.equal((await tryOps(root, audit)).code, 2)
  failingDocker(t, root, 'service "auth-service" is not running')
  assert.deepEqual((await tryOps(root, audit, 'verify')).code, 1)
})
