/** Whether tests may stop and start containers of the stack that they find here: never where somebody needs it. */
export const mayStopContainers = process.env.STOP_CONTAINERS === 'yes'

/** What programs are started with here, such as where the engine is. */
export const environment: NodeJS.ProcessEnv = process.env
