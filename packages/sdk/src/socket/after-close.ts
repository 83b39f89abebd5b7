import { type CloseReason, closeCodes } from '@secureconnect/protocol/constants'
import { fullJitter } from '../delay.ts'
import type { Closing } from './connection.ts'

/** What to do once a socket is closed. */
export type NextStep =
  | { kind: 'stop'; reason: CloseReason }
  | { kind: 'retry'; failures: number; waitMs: number; renewToken: boolean }

const firstMs = 500
/** One that was ready for so long was no failure: what follows is a new beginning. */
const steadyMs = 30_000
/** After breaking a rule, coming back at once would break it again. */
const penaltyMs = 5_000

const final: readonly CloseReason[] = [
  'done',
  'binaryFrame',
  'invalidUtf8',
  'frameTooBig',
  'protocolError',
  'forbidden',
  'replaced',
]

function findReason(code: number): CloseReason | undefined {
  const entries = Object.entries(closeCodes) as [CloseReason, { code: number }][]
  return entries.find(([, known]) => known.code === code)?.[0]
}

/**
 * Decides by the close code whether to come back, and when: after `mostMs` at the latest, or the penalty on top of it;
 * `failures` are those in a row before this one.
 */
export function planNextStep(
  { code, readyForMs }: Closing,
  { failures, mostMs }: { failures: number; mostMs: number },
): NextStep {
  const reason = findReason(code)
  if (reason && final.includes(reason)) return { kind: 'stop', reason }
  const inRow = readyForMs !== undefined && readyForMs >= steadyMs ? 0 : failures
  const waitMs = fullJitter(inRow, { firstMs, mostMs }) + (reason === 'policy' ? penaltyMs : 0)
  return { kind: 'retry', failures: inRow + 1, waitMs, renewToken: reason === 'unauthenticated' }
}
