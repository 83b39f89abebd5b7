import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { suite, test } from 'node:test'
import { type ServiceName, serviceNames, services } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { listPanels } from '../dashboards.ts'
import { LiveStack } from './live-stack.ts'

const found = await LiveStack.find()
const skip = typeof found === 'string' && found

const prometheus = 'http://127.0.0.1:9091/api/v1'
const loki = 'http://127.0.0.1:3100/loki/api/v1'
/** How soon a line that is written has to be found. */
const linesMs = 60_000
/** Long enough for a target that has just come back to be scraped, twice. */
const scrapesMs = 30_000

async function ask<T>(url: string): Promise<T> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
  assert.equal(answer.status, 200, url)
  const { data } = (await answer.json()) as { data: T }
  return data
}

/** The values of a query of now. */
async function query(expr: string): Promise<number[]> {
  const url = `${prometheus}/query?query=${encodeURIComponent(expr)}`
  const { result } = await ask<{ result: { value: [number, string] }[] }>(url)
  return result.map(({ value: [, value] }) => Number(value))
}

/** Waits until nothing is left of what should not be, and says what was if something stays. */
async function none(what: string, list: () => Promise<readonly string[]>): Promise<void> {
  let left: readonly string[] = []
  const isNothingLeft = async () => {
    left = await list()
    return left.length === 0
  }
  await until(what, isNothingLeft, scrapesMs).catch(() => assert.deepEqual(left, []))
}

async function listLines(service: ServiceName, traceId: string): Promise<{ request_id: string; trace_id: string }[]> {
  const expr = `{job="${service}", service="${service}", level="info"} | trace_id = "${traceId}"`
  const { result } = await ask<{ result: { values: [string, string][] }[] }>(
    `${loki}/query_range?query=${encodeURIComponent(expr)}`,
  )
  return result.flatMap(({ values }) => values.map(([, line]) => JSON.parse(line)))
}

suite('who watches', { skip }, () => {
  test('everything that is to be scraped is, and every probe succeeds', async () => {
    await none('every target is up', async () => {
      type Targets = { activeTargets: { scrapeUrl: string; health: string; lastError: string }[] }
      const { activeTargets } = await ask<Targets>(`${prometheus}/targets`)
      const down = activeTargets.filter(({ health }) => health !== 'up')
      return down.map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`)
    })
    const signs = ['probe_success', 'pg_up', 'redis_up', 'turn_up', ...serviceNames.map((job) => `up{job="${job}"}`)]
    await none('every sign is good', async () => {
      const told = await Promise.all(signs.map(async (sign) => ({ sign, values: await query(sign) })))
      const bad = told.filter(({ values }) => values.length === 0 || values.some((value) => value !== 1))
      return bad.map(({ sign, values }) => `${sign}: ${values.join(', ') || 'nothing'}`)
    })
  })

  test('every rule is evaluated, and alerts find their way to Alertmanager', async () => {
    await none('every rule is well', async () => {
      type Rules = { groups: { rules: { name: string; health: string; lastError?: string }[] }[] }
      const { groups } = await ask<Rules>(`${prometheus}/rules`)
      const rules = groups.flatMap((group) => group.rules)
      assert.ok(rules.length > 50)
      return rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name}: ${lastError}`)
    })
    await until(
      'the watchdog is at Alertmanager',
      async () => {
        const answer = await fetch('http://127.0.0.1:9093/api/v2/alerts')
        const alerts = (await answer.json()) as { labels: { alertname: string } }[]
        return alerts.some(({ labels }) => labels.alertname === 'Watchdog')
      },
      scrapesMs,
    )
  })

  test('a line of each service is found in Loki within a minute, with its request and its trace', async () => {
    const traceId = randomBytes(16).toString('hex')
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
    for (const service of serviceNames) {
      await fetch(`http://127.0.0.1:${services[service].port}/v1/nothing-is-here`, { headers })
    }
    for (const service of serviceNames) {
      const isFound = async () => (await listLines(service, traceId)).length > 0
      await until(`${service} is heard in Loki`, isFound, linesMs)
      const [line] = await listLines(service, traceId)
      assert.ok(line?.request_id && line.trace_id === traceId, service)
    }
  })

  test('every panel gets an answer to its query, and the overview one with data', async () => {
    const empty: string[] = []
    for (const { board, title, datasource, targets } of listPanels()) {
      for (const { expr } of targets) {
        const address = datasource.uid === 'loki' ? `${loki}/query_range` : `${prometheus}/query`
        const { result } = await ask<{ result: unknown[] }>(`${address}?query=${encodeURIComponent(expr)}`)
        if (result.length === 0) empty.push(`${board}: ${title}`)
      }
    }
    // What has to happen first: a message, a call, an error. All else is there from the beginning.
    const needsNothing = [
      'Services that answer',
      'Requests',
      'Sockets',
      'Memory of the processes',
      'CPU of the processes',
    ]
    const missing = needsNothing.filter((title) => empty.includes(`Overview: ${title}`))
    assert.deepEqual(missing, [])
  })

  test('Grafana has the datasources and the dashboards, and lets nobody in with the usual password', async () => {
    assert.ok(typeof found !== 'string')
    const login = (password: string) => ({
      headers: { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` },
    })
    const grafana = (path: string, password: string) => fetch(`http://127.0.0.1:3000/api/${path}`, login(password))
    assert.equal((await grafana('datasources', 'admin')).status, 401)
    const password = found.secret('grafana', 'grafana_admin_password')
    const read = async (path: string) => (await (await grafana(path, password)).json()) as { uid: string }[]
    const uidsOf = async (path: string) => (await read(path)).map(({ uid }) => uid).sort()
    assert.deepEqual(await uidsOf('datasources'), ['loki', 'prometheus', 'tempo'])
    const boards = ['calls', 'chat', 'http', 'overview', 'security', 'stores']
    assert.deepEqual(await uidsOf('search?type=dash-db'), boards)
  })
})
