import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fillMigratedFolder } from '@secureconnect/sql/testing'

/** An empty folder that goes with the test. */
export function createFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'dev-env-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Fills a folder as a system leaves it that made its database and ended: half of a first start. */
export async function fillDataFolder(folder: string): Promise<void> {
  await fillMigratedFolder(join(folder, 'sql'))
  writeFileSync(join(folder, 'secureconnect.lock'), '')
}
