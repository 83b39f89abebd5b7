import { accountFamilies } from './accounts.ts'
import { callFamilies } from './calls.ts'
import { chatFamilies } from './chat.ts'
import { httpFamilies } from './http.ts'
import { operationsFamilies } from './operations.ts'
import { resilienceFamilies } from './resilience.ts'
import { storageFamilies } from './storage.ts'
import { storeFamilies } from './stores.ts'

/** Every family of metrics of the product, by the name that code uses for it. */
export const families = {
  ...httpFamilies,
  ...storeFamilies,
  ...resilienceFamilies,
  ...accountFamilies,
  ...chatFamilies,
  ...callFamilies,
  ...storageFamilies,
  ...operationsFamilies,
}
