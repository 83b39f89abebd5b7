import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../helpers/index.ts'
import { allActs } from './acts.ts'
import { measureReturn, measureSign, visibleWithinMs } from './measure.ts'
import type { Finding, Refusal, Scene, Script } from './script.ts'
import { type Outcome, Traffic } from './traffic.ts'

/** How long a fault lasts at least: longer than any call may take. */
const lastsMs = 8_000
/** Until it is known that something is away, answers may take as long as calls may. */
const noticedMs = 1_000
const answerWithinMs = 7_000
const faultsTold = 5
const retryAfterS = { least: 1, most: 5 }

const defaults = { silentMs: 1_000, backWithinMs: 10_000 }

function describe({ act, status, code, retryAfter, tookMs }: Outcome): string {
  return `"${act}" came to ${status} ${code} after ${Math.round(tookMs)} ms, Retry-After ${retryAfter}`
}

/** When somebody asked: before the fault, before it was known, or after. */
type Moment = 'under way' | 'unnoticed' | 'noticed'

/** What was under way may have been done; who asked before it was noticed may be answered at his deadline only. */
const codesAt: Readonly<Record<Moment, readonly (string | undefined)[]>> = {
  'under way': ['UPSTREAM_ERROR', 'REQUEST_TIMEOUT'],
  unnoticed: ['REQUEST_TIMEOUT'],
  noticed: [],
}

function isRefusedAs({ code, retryAfter, tookMs }: Outcome, refusal: Refusal, moment: Moment): boolean {
  const after = Number(retryAfter)
  const isTold = refusal.isFinal || (after >= retryAfterS.least && after <= retryAfterS.most)
  const codes = [refusal.code, ...(refusal.orElse ? [refusal.orElse] : []), ...codesAt[moment]]
  return isTold && tookMs <= answerWithinMs && codes.includes(code)
}

type Span = { from: number; to: number }

/** Why an outcome is none that was promised, if so. */
function findFault(script: Script, outcome: Outcome, { from, to }: Span): string | undefined {
  const refusal = script.refused?.[outcome.act]
  if (refusal === 'not asked of us') return undefined
  const endedAt = outcome.beganAt + outcome.tookMs
  const isUnnoticed = outcome.beganAt <= from + visibleWithinMs
  const moment = outcome.beganAt <= from ? 'under way' : isUnnoticed ? 'unnoticed' : 'noticed'
  if (!outcome.isDone) return refusal && isRefusedAs(outcome, refusal, moment) ? undefined : describe(outcome)
  const isFalse = refusal && !refusal.mayBeDone && outcome.beganAt > from + noticedMs && endedAt < to
  return isFalse ? `nobody can have done this: ${describe(outcome)}` : undefined
}

/** Fails where an act did not go on that should have, or was not refused as it should have been. */
function judge(script: Script, outcomes: readonly Outcome[], span: Span): void {
  const faults = outcomes.flatMap((outcome) => findFault(script, outcome, span) ?? [])
  assert.deepEqual(faults.slice(0, faultsTold), [], `${faults.length} acts came to what was not promised`)
}

function listRefusals(outcomes: readonly Outcome[]): string[] {
  const groups = Map.groupBy(
    outcomes.filter(({ isDone }) => !isDone),
    ({ status, code }) => (status === 0 ? 'no answer' : `${status} ${code}`),
  )
  return [...groups].map(([answer, own]) => `${answer}: ${[...new Set(own.map(({ act }) => act))].join(', ')}`)
}

/** Lets the fault happen while people go on, and makes sure of everything that is promised. */
export async function runScript(script: Script, scene: Scene): Promise<Finding> {
  const { cast } = scene
  const finding: Finding = {
    fault: script.fault,
    done: 0,
    of: 0,
    refusals: [],
    slowestRefusalMs: 0,
    seenAfterMs: {},
    backAfterMs: 0,
    longestSilenceMs: 0,
    acknowledged: 0,
    notes: [],
  }
  const traffic = new Traffic(cast)
  const broken: string[] = []
  const note = (error: unknown) => void broken.push(error instanceof Error ? error.message : String(error))
  await play(script, { scene, traffic, finding }).catch(note)
  await traffic.stop()
  await cast.letters.assertKept().then(({ acknowledged }) => {
    finding.acknowledged = acknowledged
  }, note)
  return broken.length === 0 ? finding : { ...finding, broken: broken.join('; ') }
}

type Playing = { scene: Scene; traffic: Traffic; finding: Finding }

async function play(script: Script, { scene, traffic, finding }: Playing): Promise<void> {
  const { silentMs, backWithinMs } = { ...defaults, ...script }
  const { line } = scene.cast
  const isWarm = () => allActs.every((act) => traffic.outcomes.some((one) => one.act === act && one.isDone))
  await until('everybody does everything', isWarm)
  await script.prepare?.(scene)
  line.takeLongestGapMs()

  const struckAt = performance.now()
  await script.strike(scene)
  const from = performance.now()
  let to = from
  try {
    await lookOn(script, { scene, finding })
    await delay(Math.max(0, lastsMs - (performance.now() - from)))
  } finally {
    to = performance.now()
    await script.heal(scene)
  }
  const healedAt = performance.now()
  try {
    finding.backAfterMs = await measureReturn(traffic, healedAt, backWithinMs)
    await Promise.all((script.signs ?? []).map((sign) => measureSign(sign, scene, false)))
    await line.assertTalks(backWithinMs)
    finding.longestSilenceMs = Math.round(line.takeLongestGapMs())
    finding.notes.push(...((await script.afterwards?.(scene)) ?? []))
    assert.ok(finding.longestSilenceMs <= silentMs, `the call was silent for ${finding.longestSilenceMs} ms`)
  } finally {
    sumUp(script, { traffic, finding, struckAt, from, to })
  }
}

/** Looks for what is to be seen, and at what else is to be so, while it lasts. */
async function lookOn(script: Script, { scene, finding }: Pick<Playing, 'scene' | 'finding'>): Promise<void> {
  const signs = script.signs ?? []
  const seen = await Promise.all(signs.map((sign) => measureSign(sign, scene, true)))
  finding.seenAfterMs = Object.fromEntries(signs.map(({ name }, index) => [name, seen[index] ?? 0]))
  finding.notes.push(...((await script.meanwhile?.(scene)) ?? []))
}

type Summing = Span & Pick<Playing, 'traffic' | 'finding'> & { struckAt: number }

/** Counts what became of all acts from the fault on, and judges each of them. */
function sumUp(script: Script, { traffic, finding, struckAt, from, to }: Summing): void {
  const outcomes = traffic.outcomes.filter(({ beganAt, tookMs }) => beganAt + tookMs >= struckAt)
  const meanwhile = outcomes.filter(({ beganAt }) => beganAt <= to)
  finding.done = meanwhile.filter(({ isDone }) => isDone).length
  finding.of = meanwhile.length
  finding.refusals = listRefusals(outcomes)
  finding.slowestRefusalMs = Math.round(Math.max(0, ...outcomes.filter((one) => !one.isDone).map((one) => one.tookMs)))
  judge(script, outcomes, { from, to })
}
