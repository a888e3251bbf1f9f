/** The version of this package, as recorded with every run. A test keeps it equal to package.json. */
export const VERSION = '0.1.0'
