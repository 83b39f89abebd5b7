import { lifetimes } from '@secureconnect/protocol'
import { ok } from '../checks/finding.ts'
import { reportFindings } from '../checks/report-findings.ts'
import type { Command, Said, Surroundings } from '../command.ts'
import { Fault, UsageFault } from '../fault.ts'
import { lockInstallation } from '../lock.ts'
import { getSetting, readSettings } from '../settings/env-file.ts'
import { assertAcknowledged } from '../upgrade/breaking-changes.ts'
import { assertNothingSkipped } from '../upgrade/contract-migrations.ts'
import { assertClean, findOrigin, findTarget, revisionOfCommit } from '../upgrade/find-target.ts'
import { goBack } from '../upgrade/go-back.ts'
import { goOn } from '../upgrade/go-on.ts'
import { isReached } from '../upgrade/is-reached.ts'
import { assertReady } from '../upgrade/preflight.ts'
import { steps, verifyRunning } from '../upgrade/steps.ts'
import { readUpgrade, type UpgradeState } from '../upgrade/upgrade-state.ts'
import type { UpgradeSurroundings } from '../upgrade/upgrade-surroundings.ts'

/** How it is found out that all is well, before and in between, and how long it may take. */
type Means = { assertReady: typeof assertReady } & Pick<UpgradeSurroundings, 'isReached' | 'comeBackMs'>

/** Looks at everything that can be known before anything is changed; nothing where there is nothing to do. */
async function prepare(said: Said, surroundings: UpgradeSurroundings & Means): Promise<UpgradeState | undefined> {
  const { root, output, assertReady } = surroundings
  const { values, words } = said
  const open = readUpgrade(root)
  if (open && open.step !== 'done')
    throw new Fault(
      `The upgrade to ${open.to.revision} was cut short at: ${open.step}.`,
      './ops upgrade --resume goes on, ./ops upgrade --rollback goes back.',
    )
  await assertClean(root)
  const target = await findTarget(root, words[0])
  const revision = getSetting(readSettings(root), 'REVISION')
  const from = { commit: await findOrigin(root, revision), revision }
  const to = { commit: target, revision: await revisionOfCommit(root, target) }
  if (from.revision === to.revision) return undefined
  output.tell(`From revision ${from.revision} to ${to.revision}. Looking whether that can be done …`)
  const acknowledged = typeof values.acknowledge === 'string' ? values.acknowledge.split(',') : []
  const ends = { from: from.commit, to: to.commit }
  await assertAcknowledged(root, ends, acknowledged)
  await assertNothingSkipped(root, ends)
  await assertReady(surroundings, { mayDrift: values['despite-drift'] === true })
  await verifyRunning(surroundings)
  return { from, to, step: steps[0]?.name ?? '', withoutBackup: values['without-backup'] === true }
}

function getBegun(root: string): UpgradeState {
  const state = readUpgrade(root)
  if (state) return state
  throw new Fault('No upgrade was begun, or the last one was taken back.', './ops upgrade REVISION begins one.')
}

function readHow({ values, words }: Said): 'begin' | 'resume' | 'rollback' {
  const ways = (['resume', 'rollback'] as const).filter((way) => values[way] === true)
  if (words.length + ways.length > 1)
    throw new UsageFault('upgrade takes one revision, or --resume, or --rollback.', './ops upgrade --help')
  return ways[0] ?? 'begin'
}

async function run(said: Said, surroundings: Surroundings & Means): Promise<number> {
  const how = readHow(said)
  const { root, output } = surroundings
  if (process.getuid?.() !== 0) throw new Fault('Only root may upgrade.', 'Run sudo ./ops upgrade.')
  using _lock = lockInstallation(root, 'upgrade')
  const { address, json } = said.values
  const all = { ...surroundings, address: typeof address === 'string' ? address : undefined }
  const report = { output, isJson: json === true }
  if (how === 'rollback') {
    const state = getBegun(root)
    await goBack(all, state)
    return reportFindings([ok('return', `revision ${state.from.revision} runs again`)], report)
  }
  const state = how === 'resume' ? getBegun(root) : await prepare(said, all)
  if (state === undefined || state.step === 'done')
    return reportFindings([ok('upgrade', 'nothing to do: that revision runs')], report)
  return reportFindings(await goOn(all, state), report)
}

export const describeUpgrade = (means: Means): Command => ({
  name: 'upgrade',
  summary: 'goes to another revision, one service after the other, and back by itself where that fails',
  help: `Fetches, looks whether everything is well (doctor, containers, drift, verify), and whether a change on the way needs you. Then it
backs up, puts the sources in place, makes what they need, builds, expands the database, replaces one service after the other,
each of which drains and is waited for, brings everything else along, and verifies. Where a step fails, what ran before comes
back: its sources, its images, one service after the other. Run it as root, in a clone without changes of its own.

  ./ops upgrade                    to what this branch follows
  ./ops upgrade v1.2               to a tag, branch or commit that has everything that is here
  ./ops upgrade --resume           go on with one that was cut short
  ./ops upgrade --rollback         go back to what ran before, also after one that was finished

  --acknowledge ID,ID   you have done what these changes ask of you
  --without-backup      do not back up first: what is lost then stays lost
  --despite-drift       begin although something was changed by hand, which is undone
  --address 127.0.0.1   where verify reaches the domains, while the DNS does not lead here`,
  options: {
    json: { type: 'boolean' },
    resume: { type: 'boolean' },
    rollback: { type: 'boolean' },
    acknowledge: { type: 'string' },
    'without-backup': { type: 'boolean' },
    'despite-drift': { type: 'boolean' },
    address: { type: 'string' },
  },
  run: (said, surroundings) => run(said, { ...surroundings, ...means }),
})

export const upgrade = describeUpgrade({ assertReady, isReached, comeBackMs: lifetimes.reconnectMs })
