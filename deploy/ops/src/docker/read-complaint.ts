import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { compose, runDocker } from './run-docker.ts'

const Complaint = Compile(
  Type.Object({ level: Type.Enum(['warn', 'error', 'fatal']), message: Type.String({ minLength: 1 }) }),
)

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** What one of our programs that has not come to its end says of why, where its newest line is such a word. */
export async function readComplaint(root: string, service: string): Promise<string | undefined> {
  const newest = compose('logs', '--no-color', '--no-log-prefix', '--tail', '1', service)
  const line = parse(await runDocker(newest, { root }).catch(() => ''))
  return Complaint.Check(line) ? line.message : undefined
}
