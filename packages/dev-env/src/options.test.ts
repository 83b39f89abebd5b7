import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { parseOptions } from './options.ts'

test('without options the data is kept in .data and the gateway has port 8080', () => {
  const none = { settingsFile: undefined, isReset: false, isSure: false, isHelp: false }
  assert.deepEqual(parseOptions([]), { folder: resolve('.data'), portBase: 8080, ...none })
})

test('every option is understood', () => {
  const args = ['--data', 'elsewhere', '--port-base=18080', '--settings', 'mine.env', '--reset', '--yes', '-h']
  const all = { settingsFile: 'mine.env', isReset: true, isSure: true, isHelp: true }
  assert.deepEqual(parseOptions(args), { folder: resolve('elsewhere'), portBase: 18_080, ...all })
})

test('a wrong option is told in one sentence that says what is right', () => {
  const faults: [string[], RegExp][] = [
    [
      ['--bogus'],
      /^Unknown option '--bogus': npm start -- takes --data, --port-base, --settings, --reset, --yes, --help; .*\.$/,
    ],
    [['there'], /^Unexpected argument 'there': .*--help/],
    [['--data'], /^Option '--data <value>' argument missing: .*--help/],
    [['--data='], /^--data must name a folder\.$/],
    [['--port-base', '-5'], /^Option '--port-base' argument is ambiguous: .*--help/],
    ...['abc', '0', '-5', '80.5', '80.0', '0x50', '1e4', '', '65532', '99999999999999999999'].map(
      (port): [string[], RegExp] => [[`--port-base=${port}`], /^--port-base must be a whole number from 1 to 65531\.$/],
    ),
  ]
  for (const [args, sentence] of faults) {
    assert.throws(
      () => parseOptions(args),
      ({ message }: Error) => sentence.test(message) && !message.includes('\n'),
      args.join(' '),
    )
  }
})
