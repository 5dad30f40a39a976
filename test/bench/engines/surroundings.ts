/** Contenders run in Node and in browsers, and find some of their parts in different places. */
export const IN_NODE = typeof process !== 'undefined' && process.versions?.node !== undefined
