import type { Operation } from '../../packages/protocol/src/index.ts'
import * as contract from '../../packages/protocol/src/index.ts'
import type { Package } from './workspace.ts'

/** How code names an operation (`accounts.login`), and who serves it. */
export type NamedOperation = { reference: string; service: string }

/** An operation with the two parts of its name in code. */
export type ListedOperation = NamedOperation & { group: string; key: string; operation: Operation }

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'deadlineMs' in value && 'service' in value
}

/** Every operation of the contract under the name that routes use. */
export function listOperations(): ListedOperation[] {
  const { allOperations: _, ...groups } = contract
  const entries: readonly [string, unknown][] = Object.entries(groups)
  return entries.flatMap(([group, rows]) =>
    typeof rows === 'object' && rows !== null
      ? Object.entries<unknown>({ ...rows }).flatMap(([key, row]) =>
          isOperation(row) ? [{ reference: `${group}.${key}`, service: row.service, group, key, operation: row }] : [],
        )
      : [],
  )
}

/** Each operation is found in one file of its service's `src/routes`, and each file there holds an operation. */
export function checkRoutes(packages: readonly Package[], operations: readonly NamedOperation[]): string[] {
  const routeFiles = packages.flatMap(({ name, files }) =>
    files
      .filter(({ path, isTest }) => /^services\/[^/]+\/src\/routes\//.test(path) && !isTest)
      .map(({ path, text }) => ({ path, text, service: name.replace('@secureconnect/', '') })),
  )
  const holds = (text: string, { reference }: NamedOperation) =>
    new RegExp(`\\b${reference.replace('.', '\\.')}\\b`).test(text)
  const misplaced = operations.flatMap((operation) => {
    const found = routeFiles.filter(({ text }) => holds(text, operation))
    if (found.length === 1 && found[0]?.service === operation.service) return []
    const where = found.map(({ path }) => path).join(', ') || 'no file'
    return [`${operation.reference} belongs into one file of ${operation.service}'s routes; it is in ${where}`]
  })
  const empty = routeFiles.filter(({ text }) => !operations.some((operation) => holds(text, operation)))
  return [...misplaced, ...empty.map(({ path }) => `${path}: holds no operation of the table`)]
}
