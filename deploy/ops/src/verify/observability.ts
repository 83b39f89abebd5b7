import { setTimeout as delay } from 'node:timers/promises'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Finding, failed, ok } from '../checks/finding.ts'
import { showLogs } from '../docker/show-logs.ts'
import { ask } from './ask.ts'
import type { VerifyCheck } from './verify-check.ts'

const prometheus = 'http://127.0.0.1:9091'
const targetsWithinMs = 25_000

const Targets = Compile(
  Type.Object({
    data: Type.Object({
      activeTargets: Type.Array(
        Type.Object({
          health: Type.String(),
          lastError: Type.String(),
          labels: Type.Object({ job: Type.String(), instance: Type.String() }),
        }),
      ),
    }),
  }),
)

const Rules = Compile(
  Type.Object({
    data: Type.Object({
      groups: Type.Array(
        Type.Object({
          rules: Type.Array(
            Type.Object({
              name: Type.String(),
              health: Type.String(),
              type: Type.String(),
              state: Type.Optional(Type.String()),
            }),
          ),
        }),
      ),
    }),
  }),
)

const ready: Readonly<Record<string, string>> = {
  Prometheus: `${prometheus}/-/ready`,
  Alertmanager: 'http://127.0.0.1:9093/-/ready',
  Grafana: 'http://127.0.0.1:3000/api/health',
  Loki: 'http://127.0.0.1:3100/ready',
}

async function judgeReady([what, url]: [string, string]): Promise<Finding> {
  const fix = showLogs(what.toLowerCase())
  try {
    const { status } = await ask(url)
    return status === 200 ? ok(what, 'ready') : failed(what, `${url} answers ${status}`, fix)
  } catch (error) {
    return failed(what, error instanceof Error ? error.message : String(error), fix)
  }
}

async function loadTargets() {
  return Targets.Parse(JSON.parse((await ask(`${prometheus}/api/v1/targets?state=active`)).text)).data.activeTargets
}

/** Every target is looked at each 10 s: what has just begun, or has just been gone, is given that time. */
async function judgeTargets(): Promise<Finding> {
  const giveUpAt = Date.now() + targetsWithinMs
  for (;;) {
    const targets = await loadTargets()
    const down = targets.filter(({ health }) => health !== 'up')
    if (targets.length > 0 && down.length === 0) return ok('scrape targets', `all ${targets.length} are up`)
    if (Date.now() > giveUpAt) {
      const told = down.map(
        ({ labels, lastError, health }) => `${labels.job} at ${labels.instance}: ${lastError || health}`,
      )
      const fix = 'http://127.0.0.1:9091/targets shows them all.'
      return failed('scrape targets', told.slice(0, 5).join('; ') || 'there are none', fix)
    }
    await delay(1_000)
  }
}

async function judgeRules(): Promise<Finding> {
  const { data } = Rules.Parse(JSON.parse((await ask(`${prometheus}/api/v1/rules`)).text))
  const rules = data.groups.flatMap((group) => group.rules)
  const bad = rules.filter(({ health }) => health === 'err').map(({ name }) => name)
  if (rules.length === 0) return failed('rules', 'none are loaded', 'See configs/prometheus/rules.')
  if (bad.length > 0)
    return failed('rules', `cannot be evaluated: ${bad.join(', ')}`, 'http://127.0.0.1:9091/rules says why.')
  const firing = rules.filter(({ state, name }) => state === 'firing' && name !== 'Watchdog').map(({ name }) => name)
  return ok('rules', `${rules.length} are evaluated; firing now: ${firing.join(', ') || 'none'}`)
}

async function tolerate(what: string, judge: () => Promise<Finding>): Promise<Finding> {
  return await judge().catch((error) => failed(what, error.message, './ops status'))
}

export const observability: VerifyCheck = {
  name: 'observability',
  run: async () => [
    ...(await Promise.all(Object.entries(ready).map(judgeReady))),
    await tolerate('scrape targets', judgeTargets),
    await tolerate('rules', judgeRules),
  ],
}
