import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { writeWhole } from '../write-whole.ts'

const End = Type.Object({ commit: Type.String(), revision: Type.String() })
const State = Compile(
  Type.Object({
    from: End,
    to: End,
    /** The step that was begun last, or `done`. */
    step: Type.String(),
    withoutBackup: Type.Boolean(),
  }),
)

export type UpgradeState = ReturnType<typeof State.Parse>

const pathOf = (root: string) => join(root, 'state/upgrade.json')

/** The upgrade that was begun last, whether it came to its end or not; nothing after one was taken back. */
export function readUpgrade(root: string): UpgradeState | undefined {
  const path = pathOf(root)
  return existsSync(path) ? State.Parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined
}

/** Notes how far it is, so that one which is cut short can go on or back. */
export function writeUpgrade(root: string, state: UpgradeState): void {
  mkdirSync(join(root, 'state'), { recursive: true })
  writeWhole(pathOf(root), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o644 })
}

export function forgetUpgrade(root: string): void {
  rmSync(pathOf(root), { force: true })
}
