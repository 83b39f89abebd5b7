import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from './stack-tool.ts'

export type Rule = {
  alert?: string
  record?: string
  expr: string
  labels?: Readonly<Record<string, string>>
  annotations?: Readonly<Record<string, string>>
}

/** What a YAML file of the repo says, with its anchors and merges resolved. */
export function readYaml<T>(path: string): T {
  return parse(readFileSync(join(root, path), 'utf8'), { merge: true })
}

export const ruleFiles: readonly string[] = globSync('configs/prometheus/rules/*.yml', { cwd: root }).sort()

export function readRules(): Rule[] {
  return ruleFiles.flatMap((path) => {
    const { groups } = readYaml<{ groups: readonly { rules: readonly Rule[] }[] }>(path)
    return groups.flatMap(({ rules }) => rules)
  })
}
