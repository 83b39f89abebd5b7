import { reportFindings } from '../checks/report-findings.ts'
import type { Command } from '../command.ts'
import { examine } from '../doctor/examine.ts'

export const doctor: Command = {
  name: 'doctor',
  summary: 'tells what is wrong with this server or the installation, and how to mend it',
  help: `Looks at docker, CPUs, memory, disk, kernel settings, the clock, ports that are taken, the DNS of your domains, the public
address, the mail server, every secret and every certificate. Each finding has one line that mends it. It changes nothing,
and may be run before ./ops init, before ./ops up and while the system runs; run it as root.

  ./ops doctor
  ./ops doctor --json     {ok, findings: [{what, state, detail, fix}]}

A warning does not keep the system from starting; a failure does.`,
  options: { json: { type: 'boolean' } },
  run: async ({ values }, { root, output }) =>
    reportFindings(await examine(root), { output, isJson: values.json === true }),
}
