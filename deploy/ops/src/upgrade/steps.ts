import { buildImages } from '../docker/build-images.ts'
import { compose, showDocker } from '../docker/run-docker.ts'
import { Fault } from '../fault.ts'
import { lockInstallation } from '../lock.ts'
import { usePins } from '../pins/use-pins.ts'
import { checkOut } from './find-target.ts'
import { replacementOrder, replaceServices } from './replace-service.ts'
import { runOwn } from './run-own.ts'
import type { UpgradeState } from './upgrade-state.ts'
import type { UpgradeSurroundings } from './upgrade-surroundings.ts'

export type Step = {
  name: string
  told: string
  /** Where it fails, all is as it was. */
  changesNothing?: true
  /** Each may be run again where it was cut short. */
  run: (surroundings: UpgradeSurroundings, state: UpgradeState) => Promise<void>
}

async function backUp(surroundings: UpgradeSurroundings, { withoutBackup }: UpgradeState): Promise<void> {
  if (withoutBackup)
    return surroundings.output.tell('      NO BACKUP IS MADE. What this upgrade loses, nobody brings back.')
  await runOwn(['backup'], surroundings).catch((error) => {
    if (!(error instanceof Fault)) throw error
    throw new Fault(
      'There is no backup of the moment before, so nothing was changed.',
      'Mend what ./ops backup says above. --without-backup goes on all the same.',
    )
  })
}

export async function verifyRunning(surroundings: UpgradeSurroundings): Promise<void> {
  const { address } = surroundings
  await runOwn(address === undefined ? ['verify'] : ['verify', '--address', address], surroundings)
}

/** What everything else of the compose file needs: containers that are new, gone or changed, and configs read anew. */
export async function settleRest(surroundings: UpgradeSurroundings): Promise<void> {
  await runOwn(['up', '--no-build'], surroundings)
}

export const steps: readonly Step[] = [
  { name: 'backup', told: 'Backing up', changesNothing: true, run: backUp },
  {
    name: 'sources',
    told: 'Putting the sources in place',
    run: ({ root }, { to }) => checkOut(root, to.commit),
  },
  {
    name: 'settings',
    told: 'Making what secrets and settings it needs beside those that there are',
    run: (surroundings) => runOwn(['init'], surroundings),
  },
  {
    name: 'images',
    told: 'Building and fetching images',
    run: async (surroundings, { to }) => {
      using _lock = lockInstallation(surroundings.root)
      await usePins(surroundings.root)
      await buildImages(to.revision, surroundings)
      await showDocker(compose('pull', '--ignore-buildable', '--policy', 'missing'), surroundings)
    },
  },
  {
    name: 'schema',
    told: 'Expanding the database, which both revisions understand afterwards',
    run: async ({ root, signal }) => {
      using _lock = lockInstallation(root)
      await showDocker(compose('run', '--rm', '--no-deps', '--no-TTY', 'migrate'), { root, signal })
    },
  },
  {
    name: 'services',
    told: 'Replacing one service after the other',
    run: async (surroundings, { to }) => {
      using _lock = lockInstallation(surroundings.root)
      await replaceServices(replacementOrder, to.revision, surroundings)
    },
  },
  { name: 'rest', told: 'Bringing everything else to where the compose file says', run: settleRest },
  { name: 'proof', told: 'Proving that it works', run: verifyRunning },
]
