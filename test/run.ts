// `npm test`: every suite, on real servers that are started once for all of them.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'
import { hasty } from './helpers/config.ts'
import { watchCores } from './runner/cores.ts'
import { createObservation, observe } from './runner/observe.ts'
import { prepareBuilds } from './runner/prepare-builds.ts'
import { reportPath, writeReport } from './runner/report.ts'
import { findScratchFolder } from './runner/scratch.ts'
import { listSlowest } from './runner/slowest.ts'
import { Broker } from './stack/broker.ts'
import { Stack } from './stack/stack.ts'

/** Many files wait for timers half of their time: with two more than there are cores, none of those is idle meanwhile. */
const filesAtOnce = availableParallelism() + 2
/** A test that takes longer hangs: it fails, and the others go on. */
const testTimeoutMs = { ci: 300_000, full: 3_600_000 }

const root = join(import.meta.dirname, '..')
const patterns = ['{packages,services,deploy}/*/{src,test}/**/*.test.ts', '{test,tools}/**/*.test.ts']

/** What spans the whole system comes first, or it would be waited for alone at the end; the small parts come last. */
function findFiles(parts: string[]): string[] {
  return globSync(patterns, { cwd: root, exclude: ['**/node_modules'] })
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort()
    .reverse()
    .map((file) => join(root, file))
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

async function runFiles(files: string[], { isFull, words }: { isFull: boolean; words: string[] }): Promise<boolean> {
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interruption.abort())
  await prepareBuilds(interruption.signal)
  if (interruption.signal.aborted) return false

  const startedAt = Date.now()
  const describeCores = watchCores()
  // The stated counts write more than fits into memory.
  const scratch = isFull ? undefined : findScratchFolder()
  if (scratch !== undefined) process.env.TMPDIR ??= scratch
  const stack = await Stack.create()
  const broker = await Broker.create(stack)
  process.env.TEST_STACK = broker.path
  if (isFull) process.env.TEST_SCALE = '1'

  const facts = () => {
    const servers = [...stack.startedInMs].map(([name, ms]) => `${name} in ${inSeconds(ms)}`)
    const took = inSeconds(Date.now() - startedAt)
    return [`servers started: ${servers.join(', ') || 'none'}`, `${files.length} files took ${took}`, describeCores()]
  }
  const path = reportPath(root, words)
  const observation = createObservation()
  const closingLines = () => [
    ...facts(),
    ...(isFull ? [`report: ${relative(root, path)}`] : listSlowest(root, observation.tookMs)),
  ]
  const results = run({
    files,
    concurrency: filesAtOnce,
    signal: interruption.signal,
    timeout: isFull ? testTimeoutMs.full : testTimeoutMs.ci,
    // What a failed test left open would otherwise keep its process, and the whole run, from ending.
    execArgv: ['--test-force-exit', hasty],
  })
  await pipeline(observe(results, { observation, closingLines }), new spec(), process.stdout, { end: false })

  broker.close()
  await stack.close()
  if (isFull) writeReport({ path, root, observation, facts: facts() })
  return observation.isSuccess && !interruption.signal.aborted
}

function parse() {
  try {
    return parseArgs({ allowPositionals: true, options: { full: { type: 'boolean', default: false } } })
  } catch {
    console.error(
      'npm test -- PART … runs the files with PART in their path; without one, every file. There are no options.',
    )
    return process.exit(1)
  }
}

const { values, positionals } = parse()
const files = findFiles(positionals)
if (files.length === 0) {
  console.error(`No test file has ${positionals.map((part) => `"${part}"`).join(' or ')} in its path.`)
  process.exit(1)
}
process.exitCode = (await runFiles(files, { isFull: values.full, words: positionals })) ? 0 : 1
