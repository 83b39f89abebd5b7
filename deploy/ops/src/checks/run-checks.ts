import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../fault.ts'
import { type Finding, failed } from './finding.ts'

export type Check<Context> = { name: string; run: (context: Context) => Promise<readonly Finding[]> }

const timeoutMs = 120_000

/** Runs one check to its findings: whatever it throws is one, too, and so is that it does not end. */
export async function runCheck<Context>({ name, run }: Check<Context>, context: Context): Promise<readonly Finding[]> {
  const end = new AbortController()
  const giveUp = async (): Promise<readonly Finding[]> => {
    await delay(timeoutMs, undefined, { signal: end.signal })
    return [failed(name, `did not end within ${timeoutMs / 1_000} s`, 'Run this again; if it stays, see ./ops status.')]
  }
  try {
    return await Promise.race([run(context), giveUp()])
  } catch (error) {
    if (error instanceof Fault) return [failed(name, error.message, error.wayOut)]
    return [
      failed(name, error instanceof Error ? error.message : String(error), 'See ./ops status and docker compose logs.'),
    ]
  } finally {
    end.abort()
  }
}
