/** The name of a worker's file in the bundle, relative to the module that imports it (lab/app/workers.ts). */
declare module '*.ts?worker' {
  const file: string
  export default file
}
