import type { Check } from '../checks/run-checks.ts'

export type Examined = { root: string; settings: ReadonlyMap<string, string> }

export type DoctorCheck = Check<Examined>
