import { buildImages } from '../docker/build-images.ts'
import { readContainers } from '../docker/read-containers.ts'
import { runDocker } from '../docker/run-docker.ts'
import { lockInstallation } from '../lock.ts'
import { usePins } from '../pins/use-pins.ts'
import { replaceSetting } from '../settings/env-file.ts'
import { checkOut } from './find-target.ts'
import { replacementOrder, replaceServices } from './replace-service.ts'
import { settleRest } from './steps.ts'
import { forgetUpgrade, type UpgradeState } from './upgrade-state.ts'
import type { UpgradeSurroundings } from './upgrade-surroundings.ts'

/** Whether somebody cleared away what ran before. */
async function areImagesKept(root: string, revision: string): Promise<boolean> {
  const names = replacementOrder.map((service) => `secureconnect/${service}:${revision}`)
  return await runDocker(['image', 'inspect', ...names], { root }).then(
    () => true,
    () => false,
  )
}

/** Brings back what ran before: its sources, its images, and one service after the other. The database stays as it is. */
export async function goBack(surroundings: UpgradeSurroundings, { from }: UpgradeState): Promise<void> {
  const { root, output } = surroundings
  output.tell(`Going back to revision ${from.revision} …`)
  await checkOut(root, from.commit)
  {
    using _lock = lockInstallation(root)
    replaceSetting(root, 'REVISION', from.revision)
    await usePins(root)
    if (!(await areImagesKept(root, from.revision))) await buildImages(from.revision, surroundings)
    const replaced = (await readContainers(root)).filter(({ image }) => !image.endsWith(`:${from.revision}`))
    const mustGoBack = replacementOrder.filter((service) => replaced.some((one) => one.service === service))
    await replaceServices(mustGoBack.toReversed(), from.revision, surroundings)
  }
  await settleRest(surroundings)
  forgetUpgrade(root)
}
