import type { Operation } from './operation.ts'
import { accounts } from './operations/accounts.ts'
import { admin } from './operations/admin.ts'
import { people } from './operations/people.ts'
import { sessions } from './operations/sessions.ts'

/** Every REST operation of the product. The gateway forwards these and nothing else. */
export const allOperations: readonly Operation[] = [
  ...Object.values(accounts),
  ...Object.values(admin),
  ...Object.values(people),
  ...Object.values(sessions),
]
