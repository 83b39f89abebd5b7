import type { Command } from '../command.ts'
import { runBackupTool } from '../docker/run-backup-tool.ts'
import { UsageFault } from '../fault.ts'

const programs: Readonly<Record<string, string>> = { take: 'take', verify: 'verify', list: 'list' }

export const backup: Command = {
  name: 'backup',
  summary: 'takes a backup now; backup list, backup verify [SET]',
  help: `Keeps the database, the archive, the files and then .env with secrets/, encrypted, in a folder or an S3 store, while the system
goes on. secureconnect_backup does so each day by itself. A set counts once all of it is there; one that broke off counts for
nothing, and the next backup removes it. Seven days and four weeks are kept.

  ./ops backup              take one now
  ./ops backup list         the sets that there are, the newest first
  ./ops backup verify       read and open every byte of the newest, and compare it with what was kept
  ./ops backup verify SET   or of another one

Each takes --json. docs/operations.md says where backups go and how to restore one.`,
  options: { json: { type: 'boolean' } },
  run: async ({ words, values }, surroundings) => {
    const [word = 'take', set, ...others] = words
    const program = programs[word]
    if (program === undefined || others.length > 0 || (set !== undefined && word !== 'verify'))
      throw new UsageFault(`backup does not know "${words.join(' ')}".`, './ops backup --help shows what can be said.')
    const isJson = values.json === true ? ['--json'] : []
    surroundings.output.print(await runBackupTool([program, ...(set ? [set] : []), ...isJson], surroundings))
    return 0
  },
}
