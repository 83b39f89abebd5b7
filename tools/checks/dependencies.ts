import { type Package, toPackageName } from './workspace.ts'

function listImported(files: Package['files']): Set<string> {
  const names = files.flatMap(({ imports }) => imports.map(toPackageName))
  return new Set(names.filter((name) => name !== undefined))
}

/** Types of a library are needed where the library is. */
function isTypesOf(name: string, imported: ReadonlySet<string>): boolean {
  return name.startsWith('@types/') && imported.has(name.slice('@types/'.length))
}

/** A package depends on exactly what it imports: tests may use `devDependencies`, the rest may not. */
export function checkDependencies(packages: readonly Package[]): string[] {
  return packages.flatMap(({ name, folder, files, dependencies, devDependencies }) => {
    const inSources = listImported(files.filter(({ isTest }) => !isTest))
    const inAll = listImported(files)
    const known = new Set([name, ...dependencies])
    const knownInTests = new Set([...known, ...devDependencies])
    const fault = (what: string) => `${folder}/package.json: ${what}`
    return [
      ...[...inSources].filter((used) => !known.has(used)).map((used) => fault(`add "${used}" to dependencies`)),
      ...[...inAll]
        .filter((used) => !inSources.has(used) && !knownInTests.has(used))
        .map((used) => fault(`add "${used}" to devDependencies`)),
      ...dependencies.filter((listed) => !inSources.has(listed)).map((listed) => fault(`remove "${listed}"`)),
      ...devDependencies
        .filter((listed) => !inAll.has(listed) && !isTypesOf(listed, inAll))
        .map((listed) => fault(`remove "${listed}" from devDependencies`)),
    ]
  })
}
