import { globSync } from 'node:fs'
import { readYaml, root } from './compose-file.ts'

export type Rule = {
  alert?: string
  record?: string
  expr: string
  labels?: Readonly<Record<string, string>>
  annotations?: Readonly<Record<string, string>>
}

export const ruleFiles: readonly string[] = globSync('configs/prometheus/rules/*.yml', { cwd: root }).sort()

export function readRules(): Rule[] {
  return ruleFiles.flatMap((path) => {
    const { groups } = readYaml(path) as { groups: readonly { rules: readonly Rule[] }[] }
    return groups.flatMap(({ rules }) => rules)
  })
}
