import { lockAccounts } from '@secureconnect/directory'
import type { Transaction } from '@secureconnect/sql'
import { userNotFound } from '../errors.ts'
import { notWithYourself } from './errors.ts'

/**
 * Holds two people's accounts until the transaction ends. Whatever is between the two, or counted of either, is changed
 * by one transaction at a time: so no request slips past a block, and no limit is passed by asking in parallel.
 */
export async function holdPair(tx: Transaction, callerId: string, otherId: string): Promise<void> {
  if (callerId === otherId) throw notWithYourself()
  const held = await lockAccounts(tx, [callerId, otherId])
  if (held < 2) throw userNotFound()
}
