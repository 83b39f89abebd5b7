import { parseArgs } from 'node:util'
import type { Command, Said, Surroundings } from './command.ts'
import { Fault, UsageFault } from './fault.ts'

const exitCodes = `Exit codes: 0 all is well, 1 something was found or failed (it says what), 2 the command line is wrong.`

function describeTool(commands: readonly Command[]): string {
  const lines = commands.map(({ name, summary }) => `  ./ops ${name.padEnd(16)} ${summary}`)
  return ['Brings SecureConnect up on this server, and proves that it works.', '', ...lines, '', exitCodes]
    .concat(
      '`./ops COMMAND --help` tells more of each; docs/operations.md goes from an empty server to a verified system.',
    )
    .join('\n')
}

function parse(command: Command, args: readonly string[]): Said & { isHelp: boolean } {
  const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return {
      words: positionals,
      values: Object.fromEntries(Object.entries(values)) as Said['values'],
      isHelp: values.help === true,
    }
  } catch (error) {
    const [fault = ''] = error instanceof Error ? error.message.split(/[.\n]/, 1) : []
    throw new UsageFault(`${fault}.`, `./ops ${command.name} --help shows what can be said.`)
  }
}

function findCommand(commands: readonly Command[], name: string): Command {
  const command = commands.find((candidate) => candidate.name === name)
  if (command) return command
  throw new UsageFault(`There is no command "${name}".`, './ops --help lists those that there are.')
}

/** Runs what the command line says and answers with the exit code; nothing is thrown. */
export async function runTool(
  args: readonly string[],
  { commands, ...surroundings }: Surroundings & { commands: readonly Command[] },
): Promise<number> {
  const { output } = surroundings
  const [name = 'help', ...rest] = args
  try {
    if (['help', '--help', '-h'].includes(name)) {
      output.print(describeTool(commands))
      return 0
    }
    const command = findCommand(commands, name)
    const said = parse(command, rest)
    if (!said.isHelp) return await command.run(said, surroundings)
    output.print(`${command.summary}\n\n${command.help}\n\n${exitCodes}`)
    return 0
  } catch (error) {
    if (surroundings.signal.aborted) {
      output.tell('Stopped. What was finished stays; run the same again to go on.')
      return 1
    }
    if (error instanceof Fault) output.tell(`${error.message}\n${error.wayOut}`)
    else output.tell(`ops failed: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof UsageFault ? 2 : 1
  }
}
