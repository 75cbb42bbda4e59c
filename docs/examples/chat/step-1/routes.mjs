/** Requests that are no files: by method and path, the function that answers. */
export const ROUTES = {}
