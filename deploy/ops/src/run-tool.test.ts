import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from './command.ts'
import { Fault } from './fault.ts'
import { runTool } from './run-tool.ts'

const failing: Command = {
  name: 'fail',
  summary: 'fails',
  help: 'It always fails.',
  options: { json: { type: 'boolean' } },
  run: async ({ words }) => {
    if (words.includes('badly')) throw new TypeError('x is undefined')
    throw new Fault('No engine answers.', 'Start it.')
  },
}

async function run(...args: string[]) {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const output = { print: write, tell: write }
  const code = await runTool(args, { commands: [failing], root: '.', output, signal: new AbortController().signal })
  return { code, text: lines.join('\n') }
}

test('the help lists every command, and each tells more', async () => {
  assert.match((await run()).text, /\.\/ops fail +fails/)
  assert.match((await run('fail', '--help')).text, /It always fails/)
  assert.equal((await run('--help')).code, 0)
})

test('what cannot be understood is said in one sentence with the way out, and exits with 2', async () => {
  for (const args of [['initialise'], ['fail', '--loud']]) {
    const { code, text } = await run(...args)
    assert.equal(code, 2)
    assert.match(text, /--help/)
  }
})

test('a failure is told without a stack, and exits with 1', async () => {
  assert.deepEqual(await run('fail'), { code: 1, text: 'No engine answers.\nStart it.' })
  assert.deepEqual(await run('fail', 'badly'), { code: 1, text: 'ops failed: x is undefined' })
})
