import type { RecordingComposite } from '@secureconnect/protocol'

export type CompositeFaultReason = NonNullable<RecordingComposite['reason']>

/** Why a recording gets no composite, however often it is tried. */
export class CompositeFault extends Error {
  readonly reason: CompositeFaultReason

  constructor(reason: CompositeFaultReason, message: string) {
    super(message)
    this.name = 'CompositeFault'
    this.reason = reason
  }
}
