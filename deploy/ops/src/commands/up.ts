import { reportFindings } from '../checks/report-findings.ts'
import type { Command, Surroundings } from '../command.ts'
import { buildImages } from '../docker/build-images.ts'
import { reportContainers } from '../docker/container-table.ts'
import { fetchImages } from '../docker/fetch-images.ts'
import { findOutdated } from '../docker/find-outdated.ts'
import { readModel } from '../docker/read-model.ts'
import { compose, runDocker, showDocker } from '../docker/run-docker.ts'
import { waitUntilWell } from '../docker/wait-until-well.ts'
import { examine } from '../doctor/examine.ts'
import { Fault } from '../fault.ts'
import { packInstallation } from '../installation/pack-installation.ts'
import { lockInstallation } from '../lock.ts'
import { usePins } from '../pins/use-pins.ts'
import { readRevision } from '../revision.ts'
import { readSettings } from '../settings/env-file.ts'

async function assertReady({ root, output }: Surroundings): Promise<void> {
  if (readSettings(root).size === 0)
    throw new Fault('There is no .env: this installation has not been made yet.', 'Run ./ops init first.')
  const findings = await examine(root)
  const faults = findings.filter(({ state }) => state === 'failed')
  const warnings = findings.filter(({ state }) => state === 'warning').length
  output.tell(`      ${findings.length} findings, ${warnings} of them warnings: ./ops doctor shows them`)
  if (faults.length === 0) return
  reportFindings(faults, { output: { ...output, print: output.tell }, isJson: false })
  throw new Fault('Nothing was started.', 'Mend what stands above, then run ./ops up again.')
}

async function build(surroundings: Surroundings): Promise<void> {
  const revision = await readRevision(surroundings.root)
  surroundings.output.tell(`2/4  Building the images of revision ${revision} …`)
  await buildImages(revision, surroundings)
}

/** Starts everything; a migration that fails is told in its own words. */
async function start({ root, signal, output }: Surroundings, without: readonly string[]): Promise<void> {
  const all = Object.keys((await readModel(root)).services)
  const services = without.length > 0 ? all.filter((service) => !without.includes(service)) : []
  try {
    await showDocker(compose('up', '--detach', '--no-build', '--remove-orphans', ...services), { root, signal })
  } catch (error) {
    if (error instanceof Fault)
      output.tell(await runDocker(compose('logs', '--no-color', '--tail', '15', 'migrate'), { root }).catch(() => ''))
    throw error
  }
}

/** Starts those anew that read something at their start which has changed since. */
async function renew({ root, signal, output }: Surroundings): Promise<void> {
  const outdated = await findOutdated(root)
  if (outdated.length === 0) return
  output.tell(
    `      Configs, secrets or certificates of these have changed, so they start anew: ${outdated.join(', ')}`,
  )
  await showDocker(compose('restart', ...outdated), { root, signal })
}

export const up: Command = {
  name: 'up',
  summary: 'builds and starts the system, and waits until every container is healthy',
  help: `Looks first whether the system can start (./ops doctor), builds the images of this revision of the sources, brings the database
up to date, starts every container, and waits until each is healthy: on the first run some minutes. Where an image of what
watches the system cannot be fetched, such as Tempo's, all else starts, and the table says what is missing. Run it again after any
change, to the sources, .env, configs or secrets: what is concerned starts anew, the others go on.

  ./ops up
  ./ops up --no-build     start what was built before
  ./ops up --json         the table at the end as JSON

To stop it all and keep the data: docker compose down`,
  options: { json: { type: 'boolean' }, 'no-build': { type: 'boolean' } },
  run: async ({ values }, surroundings) => {
    const { root, output, signal } = surroundings
    using _lock = lockInstallation(root)
    output.tell('1/4  Looking whether it can start …')
    await assertReady(surroundings)
    await usePins(root)
    if (values['no-build'] !== true) await build(surroundings)
    packInstallation(root)
    output.tell('3/4  Starting, with the database brought up to date …')
    const without = await fetchImages(root, { output, signal })
    await start(surroundings, without)
    await renew(surroundings)
    output.tell('4/4  Waiting until every container is healthy …')
    const containers = await waitUntilWell(root, { output, signal, without })
    return reportContainers(containers, { output, isJson: values.json === true })
  },
}
