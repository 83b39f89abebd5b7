import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Family, families, runtimeFamilies } from '@secureconnect/metrics'
import { stringify } from 'yaml'
import { readComposeFile, readYaml } from './compose-file.ts'
import { dashboards, listPanels } from './dashboards.ts'
import { listMetrics } from './metric-names.ts'
import { readRules } from './rules.ts'
import { findStackTool } from './stack-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'queries-'))
after(() => rmSync(folder, { recursive: true }))
const promtool = await findStackTool('promtool', readComposeFile().services.prometheus?.image ?? '', [folder])

const panels = listPanels()
const panelQueries = panels
  .filter(({ datasource }) => datasource.uid === 'prometheus')
  .flatMap(({ board, title, targets }) => targets.map(({ expr }) => ({ where: `${board}: ${title}`, expr })))
const ruleQueries = readRules().map(({ alert, record, expr }) => ({ where: alert ?? record ?? '', expr }))

/** Labels that Prometheus and its jobs put on everything. */
const everywhere = ['job', 'instance', 'service']

function namesOf({ name, kind, labels }: Family): [string, readonly string[]][] {
  const own = [...labels, ...everywhere]
  if (kind !== 'histogram') return [[name, own]]
  return [
    [`${name}_bucket`, [...own, 'le']],
    [`${name}_sum`, own],
    [`${name}_count`, own],
  ]
}

const known = new Map<string, readonly string[] | undefined>([
  ...[...Object.values<Family>(families), ...runtimeFamilies].flatMap(namesOf),
  ...Object.values(readYaml('test/deployment/exporter-metrics.yml') as Record<string, string[]>)
    .flat()
    .map((name) => [name, undefined] as const),
  ...readRules().flatMap(({ record }) => (record === undefined ? [] : [[record, undefined] as const])),
])

test('a query is read for its metrics and the labels it asks about', () => {
  const query = 'sum by (service, le) (rate(a_total{status=~"5..", x!="}"}[5m])) / on (slo) 2 * b:c and absent(d) > 1e3'
  assert.deepEqual(listMetrics(query), [
    { metric: 'a_total', labels: ['status', 'x'] },
    { metric: 'b:c', labels: [] },
    { metric: 'd', labels: [] },
  ])
})

test('every metric in rules and dashboards is exported by us with those labels, or listed for an exporter', () => {
  const faults = [...ruleQueries, ...panelQueries].flatMap(({ where, expr }) =>
    listMetrics(expr).flatMap(({ metric, labels }) => {
      if (!known.has(metric)) return [`${where}: nobody exports ${metric}`]
      const own = known.get(metric)
      return labels.filter((label) => own && !own.includes(label)).map((label) => `${where}: ${metric} has no ${label}`)
    }),
  )
  assert.deepEqual(faults, [])
})

test('what is listed for exporters is used', () => {
  const used = new Set(
    [...ruleQueries, ...panelQueries].flatMap(({ expr }) => listMetrics(expr)).map(({ metric }) => metric),
  )
  const listed = Object.values(readYaml('test/deployment/exporter-metrics.yml') as Record<string, string[]>).flat()
  assert.deepEqual(
    listed.filter((name) => !used.has(name)),
    [],
  )
})

test('dashboards are classic ones whose panels name datasources that are provisioned', () => {
  const path = 'configs/grafana/provisioning/datasources/datasources.yml'
  const { datasources } = readYaml(path) as { datasources: { uid: string }[] }
  const uids = datasources.map(({ uid }) => uid)
  assert.deepEqual(uids, ['prometheus', 'loki', 'tempo'])
  assert.deepEqual(dashboards.map(({ uid }) => uid).sort(), ['calls', 'chat', 'http', 'overview', 'security', 'stores'])
  for (const { board, title, datasource, targets } of panels) {
    assert.ok(uids.includes(datasource.uid) && targets.length > 0, `${board}: ${title}`)
  }
})

test('Prometheus understands the query of every panel', {
  skip: typeof promtool === 'string' && promtool,
}, async () => {
  assert.ok(typeof promtool === 'function')
  const path = join(folder, 'panels.yml')
  const rules = panelQueries.map(({ expr }, number) => ({ record: `panel:${number}`, expr }))
  writeFileSync(path, stringify({ groups: [{ name: 'panels', rules }] }))
  const { isContent, said } = await promtool(['check', 'rules', path])
  assert.ok(isContent, said)
})
