import { failed, ok } from '../checks/finding.ts'
import { questions } from '../settings/settings.ts'
import type { DoctorCheck } from './doctor-check.ts'

export const decisions: DoctorCheck = {
  name: '.env',
  run: async ({ settings }) => {
    if (settings.size === 0)
      return [failed('.env', 'is not there yet', 'Run ./ops init, which asks for what only you know.')]
    const fix = 'Correct it in .env, or run ./ops init, which asks for what is missing.'
    const findings = questions.flatMap(({ name, findFault }) => {
      const value = settings.get(name)
      if (!value) return [failed(name, 'is not in .env', fix)]
      const fault = findFault(value)
      return fault === undefined ? [] : [failed(name, `${fault}, not "${value}"`, fix)]
    })
    return findings.length > 0 ? findings : [ok('.env', `${settings.size} settings`)]
  },
}
