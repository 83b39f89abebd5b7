/** What went wrong, in sentences for whoever runs the system, the last of them the way out. */
export class BackupFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BackupFault'
  }
}
