import type { ComponentChildren } from 'preact'
import { useErrorBoundary } from 'preact/hooks'
import { words } from '../words/index.ts'
import { Failure } from './failure.tsx'

/** Shows a sentence in the place of what cannot be drawn; elsewhere one goes on as before. */
export function Guarded({ children }: { children: ComponentChildren }) {
  const [error] = useErrorBoundary((fault) => reportError(fault))
  return error === undefined ? children : <Failure text={words.failure.drawing} />
}
