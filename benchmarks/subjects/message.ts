import type { ChatMessage } from '../../lab/wire/message.ts'

/** The same words for all: floor and peers carry the very object that the lab's hub would make. */
export const chatMessage = (text: string, number: number): ChatMessage => ({
  seq: number,
  publishedAt: Date.now(),
  draftId: draftIdOf(number),
  author: 'bench',
  text,
})

export const draftIdOf = (number: number) => number.toString(36)
