/**
 * Files that a page takes for its room: dropped on the lanes, pasted, or chosen. The lab page and the live parts of the
 * course take them alike.
 */
import { withoutHidden } from '../../lab/wire/names.ts'
import { me } from '../me.ts'
import { createUploadNews } from '../model/upload-news.ts'
import { createUploads } from '../model/uploads.ts'
import { browserPlatform } from '../platform.ts'

export interface FileIntakeOptions {
  /** The room that is open now, and the name under which a reader writes there who has not signed in. */
  readonly to: () => { readonly room: string; readonly name: string }
  /** Called when {@link FileIntake.words} has changed. */
  readonly onChange: () => void
}

export type FileIntake = ReturnType<typeof createFileIntake>

export function createFileIntake({ to, onChange }: FileIntakeOptions) {
  const news = createUploadNews(onChange)
  const uploads = createUploads({
    origin: location.origin,
    platform: browserPlatform,
    memory: tabMemory(),
    onRefused: me.refused,
  })

  /** They go to the room that is open now, as the person who is signed in now, however long it takes. */
  async function send(files: readonly File[]): Promise<void> {
    const { room, name } = to()
    const tell = news.begin(files.map((file) => withoutHidden(file.name)))
    tell(await uploads.send(files, { room, writer: me.writer(name) }))
  }

  return {
    /** What became of the files, in sentences. */
    get words() {
      return news.words
    },
    dismiss: news.dismiss,
    /** For `dragover`: says that files may be dropped here. */
    onDragOver(event: DragEvent): void {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
    },
    /** For `drop`. On whichever lane: the files go into the room, and all lanes will show them. */
    onDrop(event: DragEvent): void {
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length === 0) return
      event.preventDefault()
      void send(files)
    },
    /** For the `files` event of a lane's composer and of the list of rooms. */
    onFiles: ({ detail }: CustomEvent<readonly File[]>) => void send(detail),
  }
}

/**
 * Files that are dropped beside the lanes go nowhere. Without this, a browser would leave the page for the file, and
 * what was written here would be lost. A field for files takes them by itself. Returns how to stop.
 */
export function refuseFilesElsewhere(): () => void {
  window.addEventListener('dragover', refuse)
  window.addEventListener('drop', refuse)
  return () => {
    window.removeEventListener('dragover', refuse)
    window.removeEventListener('drop', refuse)
  }
}

function refuse(event: DragEvent): void {
  const { dataTransfer, defaultPrevented } = event
  const [target] = event.composedPath()
  const isTaken = defaultPrevented || (target instanceof HTMLInputElement && target.type === 'file')
  if (!dataTransfer?.types.includes('Files') || isTaken) return
  event.preventDefault()
  dataTransfer.dropEffect = 'none'
}

/** What this tab keeps over a reload; null in a browser that keeps nothing for us. */
function tabMemory(): Storage | null {
  try {
    return sessionStorage
  } catch {
    return null
  }
}
