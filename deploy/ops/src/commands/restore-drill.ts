import type { Command } from '../command.ts'
import { runBackupTool } from '../docker/run-backup-tool.ts'
import { UsageFault } from '../fault.ts'

export const restoreDrill: Command = {
  name: 'restore-drill',
  summary: 'restores a backup beside the running system, to see that it can be',
  help: `Restores the newest set, or the one that is named, beside the running system: the database into a schema of its own, the
archive into tables of their own, both then read again and compared row by row with what was kept. Files are opened and compared
without being stored a second time. It prints how long that took, removes all of it, and fails on a set that is damaged. The
database needs room for a second copy meanwhile. secureconnect_backup does this each week by itself.

  ./ops restore-drill
  ./ops restore-drill SET --json`,
  options: { json: { type: 'boolean' } },
  run: async ({ words, values }, surroundings) => {
    const isJson = values.json === true ? ['--json'] : []
    if (words.length > 1)
      throw new UsageFault('restore-drill tries one set at a time.', './ops backup list shows which there are.')
    surroundings.output.print(await runBackupTool(['drill', ...words, ...isJson], surroundings))
    return 0
  },
}
