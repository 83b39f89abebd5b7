import { explain } from '../words/explain.ts'
import { tell } from './toasts.ts'

/** Does what somebody asked for, and tells him why where it could not be done. Answers whether it was. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    tell(explain(error))
    return false
  }
}
