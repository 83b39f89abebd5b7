import type { Operation } from '../packages/protocol/src/index.ts'
import { allOperations, sockets } from '../packages/protocol/src/index.ts'
import { listOperations } from './checks/routes.ts'

const lineWidth = 120

/** As Biome writes it: in one line where that fits. */
function writeRow(key: string, { caller, method, path }: Operation): string {
  const parts = [caller, method, path].map((part) => `'${part}'`)
  const line = `    ${key}: [${parts.join(', ')}],`
  return line.length <= lineWidth ? line : `    ${key}: [\n${parts.map((part) => `      ${part},\n`).join('')}    ],`
}

/** What the SDK needs of the contract at run time: the operations without their schemas, and where the sockets are. */
export function writeSdkContract(): string {
  const groups = Map.groupBy(
    listOperations().filter(({ operation }) => allOperations.includes(operation)),
    ({ group }) => group,
  )
  const rows = [...groups].map(([group, operations]) =>
    [`  ${group}: {`, ...operations.map(({ key, operation }) => writeRow(key, operation)), '  },'].join('\n'),
  )
  const paths = Object.entries(sockets).map(([name, { paths }]) => `  ${name}: '${paths[0]}',`)
  return `// Written by \`npm run generate\` from the operations of packages/protocol.

/** Every operation by group and name: who may call it, its method and its path. */
export const operationRows = {
${rows.join('\n')}
} as const

/** Where each socket is opened. */
export const socketPaths = {
${paths.join('\n')}
} as const
`
}
