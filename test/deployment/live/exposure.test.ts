import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { suite, test } from 'node:test'
import { isOpen } from './is-open.ts'
import { isJob, LiveStack, nameOf } from './live-stack.ts'

const found = await LiveStack.find()
const skip = typeof found === 'string' && found

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

/** Who may be reached from elsewhere; everybody else binds this machine's own address, or nothing. */
const isPublic = (name: string) =>
  ['secureconnect_nginx', 'secureconnect_turn'].includes(name) || /^video-service/.test(name)
/** What a store, a service or a page for operators would answer at. */
const closedPorts = [3000, 3100, 5432, 6379, 7070, 8080, 8081, 8082, 8083, 8084, 9042, 9090, 9091, 9093, 26257]

suite('what the stack shows of itself', { skip }, () => {
  test('every container is well and never had to be started again, and every job is done', async () => {
    await stack().well()
    for (const container of await stack().containers()) {
      assert.equal(container.RestartCount, 0, nameOf(container))
      if (isJob(container))
        assert.deepEqual([container.State.Status, container.State.ExitCode], ['exited', 0], nameOf(container))
    }
  })

  test('nothing but the edge, the relay and media can be reached from elsewhere', async (t) => {
    for (const container of await stack().containers()) {
      const addresses = Object.values(container.HostConfig.PortBindings)
        .flat()
        .map(({ HostIp }) => HostIp)
      if (!isPublic(nameOf(container)))
        assert.deepEqual(
          addresses.filter((one) => one !== '127.0.0.1'),
          [],
          nameOf(container),
        )
    }
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((one) => one && !one.internal && one.family === 'IPv4')
    if (!outside) return t.diagnostic('this machine has no address but its own, so nothing was tried from there')
    for (const port of closedPorts) assert.equal(await isOpen(outside.address, port), false, `port ${port}`)
    assert.ok(await isOpen(outside.address, 443))
  })

  test('no secret stands in what the engine tells, in an environment, an image or a log', async () => {
    const secrets = [...stack().secrets()].filter(([, value]) => value.length >= 8)
    assert.ok(secrets.length > 10, 'there are secrets to look for')
    const containers = await stack().containers()
    const holds = (text: string) => secrets.flatMap(([path, value]) => (text.includes(value) ? [path] : []))
    assert.deepEqual(holds(await stack().inspect(containers)), [])
    for (const container of containers) {
      const told = [
        (await stack().environmentOf(container)) ?? '',
        await stack().historyOf(container),
        await stack().logsOf(container),
      ]
      assert.deepEqual(holds(told.join('\n')), [], nameOf(container))
    }
  })
})
