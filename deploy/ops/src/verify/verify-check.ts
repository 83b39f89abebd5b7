import type { Check } from '../checks/run-checks.ts'
import type { Place } from '../consumers.ts'

export type Verified = { root: string; place: Place; settings: ReadonlyMap<string, string> }

export type VerifyCheck = Check<Verified>
