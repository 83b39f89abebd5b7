import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { browser } from '@secureconnect/test/stack'
import { servePage } from './serve-page.ts'
import { startSystem } from './system.ts'

const seenElsewhere = onlyAtFullSize('the web client does the same each day')

test(
  'in a browser it signs up, talks, is reloaded, knows its person by the cookie, sends what was left, and gives up what is too old',
  seenElsewhere,
  async (t) => {
    const { origin, tellsOf } = await servePage(t, 'page.js')
    const system = await startSystem(t, { CORS_ALLOWED_ORIGINS: origin })
    const { open } = await browser(t)
    const address = system.replace('127.0.0.1', 'localhost')
    await open(`${origin}/?address=${encodeURIComponent(address)}`)
    const told = await tellsOf(({ isOver }) => isOver === true)
    const userId = told.find((each) => 'userId' in each)?.userId
    assert.equal(typeof userId, 'string')
    const rest = ['heard', 'sent', 'unsent']
    assert.deepEqual(
      told.filter((each) => !rest.some((name) => name in each)),
      [
        { isKnown: false, cookies: '', kept: 0 },
        { userId },
        { kept: 2 },
        { isKnown: true, cookies: '', kept: 2 },
        { userId },
        // Signed out without the service: the cookie is there, and opens nothing any more.
        { signedOut: 'ConnectionError' },
        { isKnown: false, cookies: '', kept: 0 },
        { isOver: true },
      ],
    )
    const sent = told.flatMap((each) => ('sent' in each ? [each.sent] : []))
    assert.deepEqual(sent, ['hello', 'before the reload', 'hello'])
    assert.deepEqual(
      told.filter((each) => 'unsent' in each),
      [{ unsent: 'six days ago', reason: 'gave-up' }],
    )
    assert.equal(told.filter(({ heard }) => heard === 'hello').length, 2)
  },
)

test(
  'a page sends a file and tells how far it is, fetches it, ends one that is no longer wanted, and hears of one that is refused',
  seenElsewhere,
  async (t) => {
    const { origin, tellsOf } = await servePage(t, 'files-page.js')
    const system = await startSystem(t, { CORS_ALLOWED_ORIGINS: origin })
    const { open } = await browser(t)
    await open(`${origin}/?address=${encodeURIComponent(system.replace('127.0.0.1', 'localhost'))}`)
    const told = await tellsOf(({ isOver }) => isOver === true)
    const [sent, ...others] = told
    const progress = sent?.progress
    assert.ok(
      Array.isArray(progress) && progress.length > 1,
      `progress is told more than once: ${JSON.stringify(sent)}`,
    )
    assert.deepEqual(progress.at(-1), [40_000_000, 40_000_000])
    assert.deepEqual(others, [
      { fetched: 40_000_000, type: 'video/mp4', isSame: true },
      { aborted: 'no longer wanted' },
      { refused: 'CHECKSUM_MISMATCH' },
      { isOver: true },
    ])
  },
)
