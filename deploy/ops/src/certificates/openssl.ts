import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Fault } from '../fault.ts'

const timeoutMs = 20_000

/** Runs openssl, which every Linux server has: reviewed by more people than any library that could do the same here. */
export async function runOpenssl(args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)('openssl', args, { timeout: timeoutMs })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Fault('openssl is not installed, which makes the certificates.', 'Install it: apt install openssl.')
    }
    const told = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : error
    throw new Fault(
      `openssl could not make a certificate: ${told}`,
      'Run openssl version: it must be 1.1.1 or newer.',
      { cause: error },
    )
  }
}
