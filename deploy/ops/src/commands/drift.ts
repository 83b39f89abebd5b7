import { ok } from '../checks/finding.ts'
import { reportFindings } from '../checks/report-findings.ts'
import type { Command } from '../command.ts'
import { findDrift } from '../drift/find-drift.ts'
import { recordDrift } from '../drift/record-drift.ts'
import { scheduleDrift, systemd } from '../drift/schedule.ts'
import { Fault } from '../fault.ts'
import { readSettings } from '../settings/env-file.ts'

export const drift: Command = {
  name: 'drift',
  summary: 'tells where what runs is not what the compose file, .env and the commit say',
  help: `Compares every container with the compose file as docker reads it: services that are missing, containers that were run by hand,
other images or ones that their tag no longer leads to, revisions, configs that were edited after their container started or
differ from the commit, the names and values of the environment, networks, published ports. It changes nothing but the figure
config_drift_findings, from which the alert ConfigDrift comes; run it as root, who alone sees what containers see.

  ./ops drift
  ./ops drift --json       {ok, findings: [{what, state, detail, fix}]}
  ./ops drift --schedule   have this server's systemd run it every quarter of an hour`,
  options: { json: { type: 'boolean' }, schedule: { type: 'boolean' } },
  run: async ({ values }, { root, output }) => {
    if (readSettings(root).size === 0)
      throw new Fault('There is no .env: this installation has not been made yet.', 'Run ./ops init first.')
    if (values.schedule === true) {
      output.print(await scheduleDrift(root, systemd))
      return 0
    }
    const findings = await findDrift(root)
    recordDrift(root, findings.filter(({ state }) => state === 'failed').length)
    const all = findings.length > 0 ? findings : [ok('drift', 'none: what runs is what the compose file says')]
    return reportFindings(all, { output, isJson: values.json === true })
  },
}
