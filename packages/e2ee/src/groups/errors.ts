/**
 * What is wrong with what came:
 * - `FORGED`: it was changed on its way, or is not by whom it says.
 * - `MISSED`: commits are missing before it.
 * - `STALE`: the keys for it are gone, or the commit was applied before.
 * - `REPLAYED`: it was read before, or its key was used before.
 * - `REMOVED`: this device is not in the group any more.
 */
export type GroupFault = 'FORGED' | 'MISSED' | 'STALE' | 'REPLAYED' | 'REMOVED'

/** Something that a group cannot take, for a reason that its reader should be told. */
export class GroupError extends Error {
  override readonly name = 'GroupError'
  readonly fault: GroupFault

  constructor(fault: GroupFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}

/** Runs what the library judges; whatever it throws means that the input is not what it should be. */
export async function judge<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof GroupError) throw error
    throw new GroupError('FORGED', `This ${what} is not by whom it says, or was changed on its way.`, { cause: error })
  }
}
