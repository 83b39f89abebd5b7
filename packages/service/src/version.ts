import manifest from '../package.json' with { type: 'json' }

/** The product's version; every service carries the same. */
export const version: string = manifest.version
