/**
 * Where the events of each document stand in the log: some two bytes for a document and four for each later event that names it. The
 * documents of a series are kept by the thousand in the order of their numbers, each thousand as one list of its events.
 */
import { appended, emptyPacked, type Packed, readNext } from './packed.js';

/**
 * A value: an event more makes a new one. The numbers are each event's position less that of the one before (`step`, never negative): as
 * it is for the first event of the next document, and as −1 − step, followed by the document's index, for a later event of one.
 */
export interface DocumentIndex extends Packed {
  /** Position of the last event. */
  last: number;
}

export const DOCUMENTS_PER_INDEX = 1024;

export function emptyDocumentIndex(): DocumentIndex {
  return { ...emptyPacked(), last: 0 };
}
export function withDocument(stories: DocumentIndex, position: number): DocumentIndex {
  return { ...appended(stories, [position - stories.last]), last: position };
}
export function withLaterEvent(stories: DocumentIndex, index: number, position: number): DocumentIndex {
  return { ...appended(stories, [stories.last - position - 1, index]), last: position };
}

/** Positions of the events of the document at `index`, oldest first. */
export function positionsIn({ bytes, used }: DocumentIndex, index: number): number[] {
  const positions: number[] = [];
  const cursor = { bytes, at: 0 };
  let position = 0;
  for (let documents = 0; cursor.at < used; ) {
    const step = readNext(cursor);
    position += step < 0 ? -1 - step : step;
    if ((step < 0 ? readNext(cursor) : documents++) === index) positions.push(position);
  }
  return positions;
}
