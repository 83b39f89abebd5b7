import { accounts } from './accounts.ts'
import type { Operation } from './operation.ts'

/** Every REST operation of the product. The gateway forwards these and nothing else. */
export const allOperations: readonly Operation[] = [...Object.values(accounts)]
