// `npm run chaos`: takes from the running system what it uses, one after the other, and looks at what that costs.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { createRandom } from '../helpers/index.ts'
import { gatherCast } from './cast.ts'
import { saveFindings } from './findings.ts'
import { runScript } from './run-script.ts'
import type { Finding, Part } from './script.ts'
import { parts } from './scripts/index.ts'
import { System } from './system.ts'

const known = parts.map(({ name }) => name)
const usage = `npm run chaos -- [--only PART]… [--fault WORDS] [--seed NUMBER]; parts: ${known.join(', ')}`

const warningsTold = 10

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}

function parse() {
  try {
    const options = {
      only: { type: 'string', multiple: true, default: known },
      fault: { type: 'string', default: '' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    } as const
    const { values } = parseArgs({ options })
    const unknown = values.only.filter((name) => !known.includes(name))
    if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}.`)
    return { only: values.only, fault: values.fault, seed: Number(values.seed) }
  } catch (error) {
    tell(`${error instanceof Error ? error.message : error} ${usage}`)
    return process.exit(2)
  }
}

type Chosen = { fault: string; seed: number }

async function runPart({ name, needs = {}, scripts }: Part, { fault, seed }: Chosen): Promise<Finding[]> {
  await using stack = new AsyncDisposableStack()
  const t = { after: (work: () => unknown) => stack.defer(async () => void (await work())) }
  tell(`\n${name}: starting the system`)
  const system = await System.start(t, needs)
  const cast = await gatherCast(t, system)
  const { upTo } = createRandom(seed)
  const findings: Finding[] = []
  for (const script of scripts.filter((one) => one.fault.includes(fault))) {
    tell(`${name}: ${script.fault} …`)
    const finding = await runScript(script, { system, cast, upTo })
    findings.push(finding)
    tell(finding.broken ? `  BROKEN ${finding.broken}` : `  kept; ${describe(finding)}`)
    if (finding.broken) tellWarnings(system)
    await system.whole()
  }
  return findings
}

/** What services said last when something was wrong. */
function tellWarnings(system: System): void {
  const warnings = system.logs.filter(({ level }) => level === 'warn' || level === 'error')
  for (const { service, message, error } of warnings.slice(-warningsTold)) {
    tell(`    ${service}: ${message} ${JSON.stringify(error ?? '').slice(0, 200)}`)
  }
}

function describe({ done, of, refusals, seenAfterMs, backAfterMs, longestSilenceMs, acknowledged, notes }: Finding) {
  const slowestSign = Math.max(0, ...Object.values(seenAfterMs))
  return [
    `${done} of ${of} acts done`,
    ...refusals,
    `seen within ${slowestSign} ms`,
    `back within ${backAfterMs} ms`,
    `the call silent for at most ${longestSilenceMs} ms`,
    `${acknowledged} acknowledged messages are there`,
    ...notes,
  ].join('; ')
}

const { only, fault, seed } = parse()
tell(`seed ${seed}`)
for (const part of parts.filter(({ name }) => only.includes(name))) {
  const findings = await runPart(part, { fault, seed }).catch((error: unknown) => {
    tell(`  ${part.name} could not be finished: ${error}`)
    return undefined
  })
  if (!findings || findings.some(({ broken }) => broken)) process.exitCode = 1
  // What was tried in part says nothing of the whole.
  if (findings && fault === '') saveFindings({ part: part.name, promise: part.promise, seed, findings })
}
process.exit()
