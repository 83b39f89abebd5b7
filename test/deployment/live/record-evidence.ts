// `npm run evidence`: starts the stack as it is committed, proves it, uses it, breaks it, and writes down what was seen. It
// stops containers, so it is for a machine where nobody needs them.
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { listReplacements, redact } from '@secureconnect/ops/redact'
import { AlertReceiver } from './alert-receiver.ts'
import { environment } from './config.ts'
import { LiveStack, nameOf } from './live-stack.ts'

const root = join(import.meta.dirname, '../../..')
const target = 'deploy/evidence/transcript.md'
const run = promisify(execFile)

type Step = {
  title: string
  /** Without it there is nothing to look at. */
  isBasis?: true
  command: readonly [string, ...string[]]
  env?: Readonly<Record<string, string>>
}
type Seen = Step & { seconds: number; code: number | null; said: string }

/** Alone, for `npm test` lets nothing go on for so long. */
const live = (file: string) =>
  // What makes media keeps a process alive that has nothing more to do.
  [process.execPath, '--test', '--test-force-exit', `test/deployment/live/${file}.test.ts`] as const
const steps: readonly Step[] = [
  { title: 'Secrets and certificates', command: ['./ops', 'init', '--backup-key-kept'] },
  { title: 'What this server is', command: ['./ops', 'doctor'] },
  { title: 'Build and start', command: ['./ops', 'up'], isBasis: true },
  { title: 'Proof that it works', command: ['./ops', 'verify', '--address', '127.0.0.1'] },
  { title: 'An alert of each kind', command: ['./ops', 'alert-test'] },
  { title: 'What it shows of itself', command: live('exposure') },
  { title: 'Whom its stores let in', command: live('stores') },
  { title: 'What its watchers see', command: live('watching') },
  { title: 'A trace from the gateway to the database', command: live('traces') },
  { title: 'Calls, also by the relay, and through a restart', command: live('calls'), env: { STOP_CONTAINERS: 'yes' } },
  { title: 'One part after the other away', command: live('faults'), env: { STOP_CONTAINERS: 'yes' } },
  { title: 'Every secret rotated', command: live('rotation'), env: { STOP_CONTAINERS: 'yes' } },
  {
    title: 'A certificate of a public authority, and its renewal',
    command: live('certificate'),
    env: { STOP_CONTAINERS: 'yes' },
  },
  { title: 'Proof once more', command: ['./ops', 'verify', '--address', '127.0.0.1'] },
  { title: 'The audit log', command: ['./ops', 'audit', 'verify'] },
  { title: 'A quarter of an hour of light traffic', command: live('endurance'), env: { TEST_SCALE: '1' } },
  { title: 'What was done by hand', command: live('drift'), env: { STOP_CONTAINERS: 'yes' } },
  {
    title: 'Another revision under load, and a broken one',
    command: live('upgrade'),
    env: { STOP_CONTAINERS: 'yes', TEST_SCALE: '1' },
  },
  { title: 'Backups, a drill, and a restore onto nothing', command: live('backup'), env: { STOP_CONTAINERS: 'yes' } },
  { title: 'Containers', command: ['./ops', 'status'] },
]

/** Runs a step before one's eyes. */
async function take(step: Step): Promise<Seen> {
  process.stderr.write(`\n== ${step.title}\n`)
  const startedAt = performance.now()
  const [file, ...args] = step.command
  const child = spawn(file, args, {
    cwd: root,
    env: { ...environment, ...step.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
      process.stderr.write(text)
    })
  }
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed).once('close', done)
  })
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  return { ...step, seconds, code, said: publish(said) }
}

/** Without what is a secret, or belongs to this machine. */
function publish(text: string): string {
  const open = redact(stripVTControlCharacters(text), listReplacements(join(root, 'secrets')))
  return open.replaceAll(root, '.').replaceAll(homedir(), '~').trim()
}

async function listImages(stack: LiveStack): Promise<string[]> {
  const labelled = (await stack.containers()).map((one) => {
    const { Image, Labels } = one.Config
    const [program, version] = ['program', 'version'].map((name) => Labels[`org.secureconnect.rig.${name}`])
    const isOurs = Image.startsWith('secureconnect/')
    const inside = program && !isOurs ? `a stand-in, with ${program} ${version}` : 'as named'
    return `| ${nameOf(one)} | ${Image} | ${inside} |`
  })
  return ['| container | image | what it is |', '|---|---|---|', ...labelled.sort()]
}

function describe({ title, command, env = {}, seconds, code, said }: Seen): string[] {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const shown = [...settings, ...command.map((word) => (word === process.execPath ? 'node' : word))].join(' ')
  return [`## ${title}`, `\`${shown}\`: ${seconds} s, exit code ${code}`, '', '```', said, '```', '']
}

/** Writes down what was seen so far: a run that is cut short is told as such. */
async function writeTranscript(seen: readonly Seen[], heard: readonly string[]): Promise<void> {
  const stack = await LiveStack.find()
  if (typeof stack === 'string') return
  const { stdout: revision } = await run('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root })
  const failed = seen.filter(({ code }) => code !== 0).map(({ title }) => title)
  const missing = steps.slice(seen.length).map(({ title }) => title)
  const lines = [
    '# The production stack, started and proven',
    'Written by `npm run evidence`.',
    '',
    `- Date: ${new Date().toISOString().slice(0, 10)}, commit ${revision.trim()}`,
    `- ${failed.length === 0 ? 'Every step succeeded.' : `Not everything succeeded: ${failed.join(', ')}.`}`,
    ...(missing.length > 0 ? [`- It was cut short, before: ${missing.join(', ')}.`] : []),
    '',
    ...(await listImages(stack)),
    '',
    ...seen.flatMap(describe),
    '## What the receiver of alerts was told',
    '```',
    ...heard,
    '```',
    '',
  ]
  mkdirSync(join(root, dirname(target)), { recursive: true })
  writeFileSync(join(root, target), lines.join('\n'))
}

if (!existsSync(join(root, '.env')))
  throw new Error('There is no .env: run ./ops init first, which asks for what only you know.')
await using receiver = await AlertReceiver.open()
receiver.offerTo(root)
const seen: Seen[] = []
for (const step of steps) {
  const one = await take(step)
  seen.push(one)
  if (one.code !== 0 && step.isBasis) throw new Error('Nothing more can be shown until that succeeds.')
  await writeTranscript(seen, receiver.heard)
}
process.stderr.write(`\nWritten to ${target}\n`)
process.exitCode = seen.every(({ code }) => code === 0) ? 0 : 1
