import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type SourceFile = {
  /** From the root of the repo. */
  path: string
  text: string
  /** What it imports, as written. */
  imports: readonly string[]
  isTest: boolean
}

export type Package = {
  name: string
  folder: string
  dependencies: readonly string[]
  devDependencies: readonly string[]
  files: readonly SourceFile[]
}

type Manifest = { name: string } & Partial<Record<'dependencies' | 'devDependencies', Record<string, string>>>

const importPattern =
  /^(?:import|export)\b[^'"]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport(?:\.meta\.resolve)?\('([^']+)'\)/gm

/** The specifiers that a file imports, exports from, loads later or looks up. */
export function listImports(text: string): string[] {
  return [...text.matchAll(importPattern)].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '')
}

/** `@scope/name/part` and `name/part` belong to the packages `@scope/name` and `name`; other specifiers to none. */
export function toPackageName(specifier: string): string | undefined {
  if (/^(\.|node:)/.test(specifier)) return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  return {
    path,
    text,
    imports: listImports(text),
    isTest: /\.test\.ts$|^(services|packages|deploy)\/[^/]+\/test\//.test(path),
  }
}

function findFiles(root: string, pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: ['**/node_modules'] }).sort()
}

/** Reads every package of the workspace with its sources. */
export function readWorkspace(root: string): Package[] {
  return findFiles(root, '{services/*,packages/*,test,bench,deploy/*}/package.json').map((path) => {
    const manifest: Manifest = JSON.parse(readFileSync(join(root, path), 'utf8'))
    const folder = dirname(path)
    return {
      name: manifest.name,
      folder,
      dependencies: Object.keys(manifest.dependencies ?? {}),
      devDependencies: Object.keys(manifest.devDependencies ?? {}),
      files: findFiles(root, `${folder}/**/*.{ts,tsx}`).map((file) => readSource(root, file)),
    }
  })
}
