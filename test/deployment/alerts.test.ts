import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { stringify } from 'yaml'
import { readComposeFile, readYaml, root } from './compose-file.ts'
import { readRules, ruleFiles } from './rules.ts'
import { findStackTool } from './stack-tool.ts'

type Series = Readonly<Record<string, string>>
type AlertCase = { after: string; every?: string; fires: Series; stays?: Series; count?: number }

const folder = mkdtempSync(join(tmpdir(), 'alerts-'))
after(() => rmSync(folder, { recursive: true }))
const promtool = await findStackTool('promtool', readComposeFile().services.prometheus?.image ?? '', [folder])
const skip = typeof promtool === 'string' && promtool

const alerts = readRules().filter(({ alert }) => alert !== undefined)
const cases = readYaml('test/deployment/alert-cases.yml') as Readonly<Record<string, AlertCase>>

/** Runs promtool and fails with what it said, unless it was content. */
async function judge(...args: readonly string[]): Promise<void> {
  assert.ok(typeof promtool === 'function')
  const { isContent, said } = await promtool(args)
  assert.ok(isContent, said)
}

function describeCase(alert: string, { after, every = '1m', count = 1 }: AlertCase, [name, series]: [string, Series]) {
  const isFiring = name === 'fires'
  return {
    name: `${alert} ${name}`,
    interval: every,
    input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
    promql_expr_test: [
      {
        expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
        eval_time: after,
        exp_samples: isFiring ? [{ labels: '{}', value: count }] : [],
      },
    ],
  }
}

/** The rules that an alert needs: those of its own file where they build on each other, else itself alone. */
function writeRules(alert: string): string {
  const rules = readRules().filter((rule) => rule.alert === alert)
  if (rules.some(({ expr }) => expr.includes('slo:'))) return join(root, 'configs/prometheus/rules/slo.yml')
  const path = join(folder, `${alert}.rules.yml`)
  writeFileSync(path, stringify({ groups: [{ name: alert, rules }] }))
  return path
}

/** Promtool's own file of the cases of one alert. */
function writeCases([alert, alertCase]: [string, AlertCase]): string {
  const path = join(folder, `${alert}.yml`)
  const { fires, stays, every = '1m' } = alertCase
  const series = Object.entries({ fires, ...(stays && { stays }) })
  const tests = series.map((entry) => describeCase(alert, alertCase, entry))
  writeFileSync(path, stringify({ rule_files: [writeRules(alert)], evaluation_interval: every, tests }))
  return path
}

test('every alert has a severity, a summary and a runbook that says what to do', () => {
  for (const { alert, labels, annotations } of alerts) {
    assert.match(labels?.severity ?? '', /^(critical|warning|none)$/, alert)
    assert.ok(annotations?.summary, alert)
    assert.equal(annotations?.runbook_url, `deploy/runbooks/${alert}.md`)
    const path = join(root, `deploy/runbooks/${alert}.md`)
    assert.ok(existsSync(path), `${alert} has no runbook`)
    const headings = readFileSync(path, 'utf8').match(/^## .+$/gm)
    assert.deepEqual(headings, ['## Meaning', '## Impact', '## Diagnosis', '## Mitigation', '## Verification'], alert)
  }
})

test('every runbook and every case belongs to an alert, and every alert has cases', () => {
  const names = [...new Set(alerts.map(({ alert }) => alert))].sort()
  const runbooks = readdirSync(join(root, 'deploy/runbooks')).map((file) => basename(file, '.md'))
  assert.deepEqual(runbooks.sort(), names)
  assert.deepEqual(Object.keys(cases).sort(), names)
  const withoutSilence = Object.entries(cases).filter(([, { stays }]) => stays === undefined)
  assert.deepEqual(
    withoutSilence.map(([alert]) => alert),
    ['Watchdog'],
  )
})

test('runbooks name commands of ops and containers that there are', () => {
  const commands = readdirSync(join(root, 'deploy/ops/src/commands')).map((file) => basename(file, '.ts'))
  const { services } = readComposeFile()
  const containers = Object.values(services).map(({ container_name }) => container_name)
  for (const file of readdirSync(join(root, 'deploy/runbooks'))) {
    const text = readFileSync(join(root, 'deploy/runbooks', file), 'utf8')
    for (const [, command = ''] of text.matchAll(/\.\/ops ([a-z-]+)/g))
      assert.ok(commands.includes(command), `${file}: ${command}`)
    for (const [name] of text.matchAll(/\bsecureconnect_\w+/g)) assert.ok(containers.includes(name), `${file}: ${name}`)
  }
})

test('Prometheus takes its settings and its rules', { skip }, async () => {
  // The files that it names are in the container only.
  await judge('check', 'config', '--syntax-only', 'configs/prometheus/prometheus.yml')
  await judge('check', 'rules', '--lint=all', '--lint-fatal', ...ruleFiles)
})

test('every alert fires when it should and stays silent when it should not', { skip }, async () => {
  await judge('test', 'rules', ...Object.entries(cases).map(writeCases))
})
