import type { Package } from './workspace.ts'

type Rule = { pattern: RegExp; advice: string; isExempt: (path: string) => boolean }

const never = () => false

const rules: readonly Rule[] = [
  {
    pattern: /@ts-(ignore|expect-error|nocheck)|biome-ignore/,
    advice: 'silences a check; change the code instead',
    isExempt: never,
  },
  { pattern: /\b(TODO|FIXME|XXX)\b/, advice: 'is unfinished; finish it or open an issue', isExempt: never },
  { pattern: /\b(test|it|describe)\.only\(/, advice: 'leaves the other tests out', isExempt: never },
  {
    // An import asks a module of Node's for all that it has, and this one then loads a second HTTP client: 14 MB.
    pattern: /^import (?!type ).*'node:http'/,
    advice: "loads all of Node's undici; import types only, and take the rest from process.getBuiltinModule",
    isExempt: (path) => /(^|\/)(test|bench|packages\/sdk)\/|\.test\.ts$/.test(path),
  },
  {
    // Biome sees `process.env` only; the environment has other doors.
    pattern: /\benv\b[^\n]*(from 'node:process'|= process\b)|process\[/,
    advice: 'reads the environment; that is for config.ts',
    isExempt: (path) => path.endsWith('/config.ts') || /^(test|bench|packages\/dev-env)\//.test(path),
  },
]

/** Words that must not stand in the sources, with what to do about them. */
export function checkWording(packages: readonly Package[]): string[] {
  return packages.flatMap(({ files }) =>
    files.flatMap(({ path, text }) => {
      const lines = text.split('\n')
      return rules
        .filter(({ isExempt }) => !isExempt(path))
        .flatMap(({ pattern, advice }) =>
          lines.flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${advice}`] : [])),
        )
    }),
  )
}
