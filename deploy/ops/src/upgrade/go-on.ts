import { type Finding, failed, ok } from '../checks/finding.ts'
import { Fault } from '../fault.ts'
import { goBack } from './go-back.ts'
import { type Step, steps } from './steps.ts'
import { forgetUpgrade, type UpgradeState, writeUpgrade } from './upgrade-state.ts'
import type { UpgradeSurroundings } from './upgrade-surroundings.ts'

const secondsSince = (startedAt: number) => `${Math.round((performance.now() - startedAt) / 1_000)} s`

async function returnByItself(surroundings: UpgradeSurroundings, state: UpgradeState): Promise<Finding> {
  const startedAt = performance.now()
  try {
    await goBack(surroundings, state)
    return ok('return', `revision ${state.from.revision} runs again, after ${secondsSince(startedAt)}`)
  } catch (error) {
    throw new Fault(
      `Going back failed as well: ${error instanceof Error ? error.message : error}`,
      `Mend that, then: ./ops upgrade --rollback. If ops itself fails: git reset --keep ${state.from.commit} first.`,
      { cause: error },
    )
  }
}

async function take(step: Step, surroundings: UpgradeSurroundings, state: UpgradeState): Promise<Finding> {
  const startedAt = performance.now()
  surroundings.output.tell(`${steps.indexOf(step) + 1}/${steps.length}  ${step.told} …`)
  writeUpgrade(surroundings.root, { ...state, step: step.name })
  try {
    await step.run(surroundings, state)
    return ok(step.name, secondsSince(startedAt))
  } catch (error) {
    if (surroundings.signal.aborted) throw error
    const [message, fix] = error instanceof Fault ? [error.message, error.wayOut] : [String(error), 'See above.']
    surroundings.output.tell(`That failed: ${message}`)
    return failed(step.name, message, fix)
  }
}

/** Takes every step from the one that the state says; where one fails, what ran before comes back. */
export async function goOn(surroundings: UpgradeSurroundings, state: UpgradeState): Promise<Finding[]> {
  const begun = Math.max(
    0,
    steps.findIndex(({ name }) => name === state.step),
  )
  const findings: Finding[] = []
  for (const step of steps.slice(begun)) {
    const finding = await take(step, surroundings, state)
    findings.push(finding)
    if (finding.state !== 'failed') continue
    if (!step.changesNothing) return [...findings, await returnByItself(surroundings, state)]
    forgetUpgrade(surroundings.root)
    return findings
  }
  writeUpgrade(surroundings.root, { ...state, step: 'done' })
  return findings
}
