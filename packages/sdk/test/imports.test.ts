import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/** Every module that a page loads with the SDK, as JavaScript. */
async function loadLikeAPage(): Promise<Map<string, string>> {
  const modules = new Map<string, string>()
  const hooks = registerHooks({
    load(url, context, nextLoad) {
      const text = url.startsWith('file:') ? readFileSync(fileURLToPath(url), 'utf8') : ''
      modules.set(url, stripTypeScriptTypes(text))
      return nextLoad(url, context)
    },
  })
  await import('@secureconnect/sdk')
  hooks.deregister()
  return modules
}

test('a page that loads the SDK loads it and constants: no schemas, no library, nothing of Node, some kilobytes', async () => {
  const modules = await loadLikeAPage()
  for (const url of modules.keys()) assert.match(url, /^file:.*\/packages\/(sdk|protocol)\/src\//)
  const ofProtocol = [...modules.keys()].flatMap((url) => /\/protocol\/src\/(.*)$/.exec(url)?.[1] ?? [])
  assert.deepEqual(ofProtocol.toSorted(), [
    'close-codes.ts',
    'constants.ts',
    'error-codes.ts',
    'file-types.ts',
    'headers.ts',
    'limits.ts',
  ])
  // Neither minified nor bundled, and with its comments.
  const { length } = gzipSync([...modules.values()].join('\n'))
  assert.ok(length < 26 * 1024, `${length} bytes`)
})
