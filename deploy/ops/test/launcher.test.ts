import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { usePath } from './config.ts'
import { createRoot, preferPrograms } from './try-ops.ts'

const launcher = join(import.meta.dirname, '../../../ops')

test('without Node, or with an old one, the launcher says what to install', async (t) => {
  const refuses = () =>
    assert.rejects(promisify(execFile)('/bin/sh', [launcher]), (error: { stderr?: string }) => {
      assert.equal(error.stderr?.trim().split('\n').length, 1)
      return /ops needs Node 20 or newer.*install it/.test(error.stderr ?? '')
    })
  preferPrograms(
    t,
    createRoot((clean) => t.after(clean)),
    { node: 'exit 1' },
  )
  await refuses()
  usePath(t, () => '/usr/nowhere')
  await refuses()
})
