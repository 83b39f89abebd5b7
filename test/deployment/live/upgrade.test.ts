import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { allowedMs, until } from '@secureconnect/test/helpers'
import { mayStopContainers } from './config.ts'
import { findEdge } from './find-edge.ts'
import { LiveStack } from './live-stack.ts'
import { runOps } from './ops.ts'
import { TestRevisions } from './test-revisions.ts'
import { type Answer, Traffic } from './traffic.ts'

const found = mayStopContainers ? await LiveStack.find() : 'replaces containers, so only with STOP_CONTAINERS=yes'
const skip = typeof found === 'string' && found

const services = ['storage-service', 'auth-service', 'chat-service', 'video-service', 'api-gateway']
const load = { people: 20, perSecond: 50 }
const socketCount = 200
const pauseMs = allowedMs(10_000)
const backMs = allowedMs(30_000)
/** Two refusals so far apart are of two services that were replaced. */
const betweenMs = 3_000

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

const upgrade = (...words: readonly string[]) => runOps(stack().folder, 'upgrade', ...words)

/** How long each pause lasted, from the first refusal to the last. */
function listPauses(answers: readonly Answer[], path: string): number[] {
  const refused = answers.filter((one) => one.path === path && one.status === 503).map(({ at }) => at)
  const first = refused.filter((at, index) => at - (refused[index - 1] ?? 0) > betweenMs)
  return first.map((at, index) => (refused.findLast((one) => one < (first[index + 1] ?? Infinity)) ?? at) - at)
}

async function listRevisions(): Promise<(string | undefined)[]> {
  const running = await Promise.all(services.map((service) => stack().container(service)))
  return [...new Set(running.map(({ Config }) => Config.Image.split(':')[1]))]
}

suite('another revision while people are there', { skip }, () => {
  test('one service after the other is replaced, and nothing is lost; then all goes back', async (t) => {
    using revisions = new TestRevisions(stack().folder)
    const [from, to] = [await revisions.head(), await revisions.commit()]
    await using traffic = await Traffic.begin(stack(), { ...load, address: findEdge(stack()) })
    await until('every socket is open', async () => traffic.open === socketCount)
    const { code, said } = await upgrade(to, '--without-backup', '--despite-drift', '--address', '127.0.0.1')
    assert.equal(code, 0, said)
    assert.deepEqual(await listRevisions(), [to.slice(0, 12)])
    await until('every socket is back', async () => traffic.open === socketCount, backMs)
    assert.deepEqual(await traffic.listLost(), [])
    const pauses = ['send', 'read'].map((path) => listPauses(traffic.answers, path))
    t.diagnostic(
      `${traffic.answers.length} answers, ${traffic.acknowledged} messages; pauses in ms: ${JSON.stringify(pauses)}`,
    )
    t.diagnostic(
      `${traffic.awayMs.length} times a socket came back, at the latest after ${Math.max(...traffic.awayMs)} ms`,
    )
    const others = traffic.answers.filter(({ status }) => ![200, 201, 503].includes(status))
    assert.deepEqual(others, [])
    assert.deepEqual(
      traffic.answers.filter(({ status, retryAfter }) => status === 503 && retryAfter === null),
      [],
    )
    assert.ok(
      pauses.flat().every((pause) => pause <= pauseMs),
      JSON.stringify(pauses),
    )
    assert.ok(Math.max(...traffic.awayMs) <= backMs)

    assert.equal((await upgrade('--rollback')).code, 0)
    assert.deepEqual([await listRevisions(), await revisions.head()], [[from.slice(0, 12)], from])
  })

  test('a release that does not start goes back by itself', async (t) => {
    using revisions = new TestRevisions(stack().folder)
    const from = await revisions.head()
    const broken = await revisions.commit({ 'services/chat/index.ts': "throw new Error('This release is broken.')\n" })
    const { code, said } = await upgrade(broken, '--without-backup', '--despite-drift', '--address', '127.0.0.1')
    assert.equal(code, 1)
    assert.match(said, /chat-service of revision \w+ ends as soon as it is started/)
    assert.match(said, new RegExp(`revision ${from.slice(0, 12)} runs again`))
    t.diagnostic(/ok +return.*/.exec(said)?.[0] ?? '')
    assert.deepEqual([await listRevisions(), await revisions.head()], [[from.slice(0, 12)], from])
    await stack().well()
  })
})
