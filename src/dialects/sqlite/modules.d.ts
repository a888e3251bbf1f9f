/** The little that is used of the drivers; their own types are not needed to build this package. */
declare module 'better-sqlite3' {
  const Database: new (path: string) => object
  export default Database
}

declare module 'node:sqlite' {
  export const DatabaseSync: new (path: string) => object
}
