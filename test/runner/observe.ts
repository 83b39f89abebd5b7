import type { TestEvent } from 'node:test/reporters'

export type SuiteResult = { file: string; tests: number; passed: number; failed: number }
/** What became of the files, how long each took from its process's start to its end, and what their tests had to tell. */
export type Observation = { suites: SuiteResult[]; tookMs: Map<string, number>; told: string[]; isSuccess: boolean }

export function createObservation(): Observation {
  return { suites: [], tookMs: new Map(), told: [], isSuccess: false }
}

type Observing = {
  observation: Observation
  /** Lines to show right before the run's own summary. */
  closingLines: () => string[]
}

/** Passes the run's events on to a reporter, notes what became of each file, and puts our lines before the summary. */
export async function* observe(events: AsyncIterable<TestEvent>, { observation, closingLines }: Observing) {
  let isSummaryReached = false
  for await (const event of events) {
    if (event.type === 'test:summary') noteSummary(event.data, observation)
    if (event.type === 'test:complete') noteDuration(event.data, observation)
    if (event.type === 'test:fail') noteBrokenFile(event.data, observation)
    if (event.type === 'test:diagnostic' && event.data.file !== undefined) observation.told.push(event.data.message)
    if (event.type === 'test:diagnostic' && event.data.file === undefined && !isSummaryReached) {
      isSummaryReached = true
      for (const message of closingLines())
        yield { type: event.type, data: { nesting: 0, level: event.data.level, message } }
    }
    yield event
  }
}

type EventData<Type> = Extract<TestEvent, { type: Type }>['data']

function noteSummary({ file, counts, success }: EventData<'test:summary'>, observation: Observation): void {
  // The summary without a file is that of the whole run. A run of no test proves nothing.
  if (file === undefined) observation.isSuccess = success && counts.tests > 0
  else {
    const failed = counts.tests - counts.passed - counts.skipped - counts.todo
    observation.suites.push({ file, tests: counts.tests, passed: counts.passed, failed })
  }
}

/** A file that could not even be loaded has no summary: it fails as one test named like the file. */
function noteBrokenFile({ name, file }: EventData<'test:fail'>, { suites }: Observation): void {
  if (name === file) suites.push({ file, tests: 1, passed: 0, failed: 1 })
}

/** The process of a file is a test as well, named like it. */
function noteDuration({ name, file, details }: EventData<'test:complete'>, { tookMs }: Observation): void {
  if (name === file) tookMs.set(file, details.duration_ms)
}
