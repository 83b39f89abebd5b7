import { dirname, join } from 'node:path'
import { type Package, toPackageName } from './workspace.ts'

/** Dependencies point one way: services -> packages. Only what runs or tests the whole system knows the services. */
export function checkBoundaries(packages: readonly Package[]): string[] {
  const isService = ({ folder }: Package) => folder.startsWith('services/')
  const serviceNames = new Set(packages.filter(isService).map(({ name }) => name))
  const mayUseServices = ['packages/dev-env', 'test', 'bench', 'deploy/backup', 'deploy/ops']

  return packages.flatMap(({ name, folder, files }) =>
    files.flatMap(({ path, imports }) =>
      imports.flatMap((specifier) => {
        const target = toPackageName(specifier)
        if (target !== undefined && target !== name && serviceNames.has(target) && !mayUseServices.includes(folder)) {
          return [`${path}: imports the service ${target}; what both need belongs into a package`]
        }
        const leaves = specifier.startsWith('.') && !join(dirname(path), specifier).startsWith(`${folder}/`)
        return leaves ? [`${path}: reaches into another package by ${specifier}; import it by its name`] : []
      }),
    ),
  )
}
