// What a process gets of this is ../bundle.js, which `npm run generate` makes of it: typebox is 683 files, and loading them
// took each process a quarter of a second and 10 MB.
export * from 'typebox-modules'
export * from 'typebox-modules/compile'
