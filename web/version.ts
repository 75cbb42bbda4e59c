/** Filled in when the page is built (lab/app/bundle.ts). */
declare const LAB_VERSION: string

export const version = LAB_VERSION
