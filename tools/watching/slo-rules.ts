import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'

/** One promise of configs/slo.yaml: what was asked, and what of it failed or was well. */
type Objective = { slo: string; objective: number; promise: string; total: string } & (
  | { bad: string; good?: never }
  | { good: string; bad?: never }
)
type Objectives = { least_events: number; objectives: readonly Objective[] }
type Rule = { record?: string; alert?: string; expr: string; labels?: object; annotations?: object; for?: string }

/** Over which spans of time the share of failures is known. */
const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const
type Window = (typeof windows)[number]

/** How often the rules are evaluated. */
const everySeconds = 30

/** When a budget for 30 days burns too fast: by the long window for weight, by the short one to end when the fault does. */
const burns = {
  ErrorBudgetBurnsFast: {
    severity: 'critical',
    summary: 'At this rate {{ $labels.slo }} breaks its promise of 30 days within five',
    factors: [
      { long: '1h', short: '5m', factor: 14.4 },
      { long: '6h', short: '30m', factor: 6 },
    ],
  },
  ErrorBudgetBurnsSlowly: {
    severity: 'warning',
    summary: 'At this rate {{ $labels.slo }} breaks its promise of 30 days',
    factors: [
      { long: '1d', short: '2h', factor: 3 },
      { long: '3d', short: '6h', factor: 1 },
    ],
  },
} as const

const opening = '# Generated from configs/slo.yaml by `npm run generate`: edit there.\n'

function rate(selector: string): string {
  return `sum(rate(${selector}[5m]))`
}

function recordObjective({ slo, objective, total, bad, good }: Objective): Rule[] {
  const labels = { slo }
  return [
    { record: 'slo:budget', expr: `vector(${Number((1 - objective / 100).toFixed(6))})`, labels },
    { record: 'slo:asked:rate5m', expr: rate(total), labels },
    // Nothing that failed is no series at all, and no failures.
    {
      record: 'slo:failed:rate5m',
      expr: bad === undefined ? `${rate(total)} - ${rate(good)}` : `${rate(bad)} or 0 * ${rate(total)}`,
      labels,
    },
  ]
}

function recordWindow(window: string): Rule {
  const share = (what: string) => `avg_over_time(slo:${what}:rate5m[${window}])`
  return { record: `slo:failures:ratio${window}`, expr: `${share('failed')} / (${share('asked')} > 0)` }
}

function isTooFast(
  leastEvents: number,
  { long, short, factor }: { long: Window; short: Window; factor: number },
): string {
  const over = (window: Window) => `slo:failures:ratio${window} > on (slo) ${factor} * slo:budget`
  // Each sample stands for what was asked until the next one: a sum does not make more of an hour that has just begun.
  const weighs = `sum_over_time(slo:asked:rate5m[${long}]) * ${everySeconds} >= ${leastEvents}`
  return `(${over(long)} and on (slo) ${over(short)} and on (slo) ${weighs})`
}

function alertBurn(leastEvents: number, [alert, burn]: [string, (typeof burns)[keyof typeof burns]]): Rule {
  return {
    alert,
    expr: burn.factors.map((factor) => isTooFast(leastEvents, factor)).join('\n  or '),
    for: '2m',
    labels: { severity: burn.severity },
    annotations: { summary: burn.summary, runbook_url: `deploy/runbooks/${alert}.md` },
  }
}

/** The rules that watch over the promises of configs/slo.yaml. */
export function writeSloRules(root: string): string {
  const { objectives, least_events }: Objectives = parse(readFileSync(join(root, 'configs/slo.yaml'), 'utf8'))
  const rules = [
    ...objectives.flatMap(recordObjective),
    ...windows.map(recordWindow),
    ...Object.entries(burns).map((burn) => alertBurn(least_events, burn)),
  ]
  // One group, because only within a group does one rule see what another just recorded.
  const groups = [{ name: 'slo', interval: `${everySeconds}s`, rules }]
  return opening + stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false })
}
