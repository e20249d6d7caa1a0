/**
 * Positions of each document's events: about two bytes a document and four for each later event. The documents of a series are kept by the
 * thousand, in the order of their numbers.
 */
import { appended, emptyPacked, type Packed, readNext } from './packed.js';

/**
 * Immutable. For the first event of the next document the list holds its position less that of the event before (`step` ≥ 0); for a later
 * event −1 − step, then the document's index.
 */
export interface DocumentIndex extends Packed {
  last: number;
}

export const DOCUMENTS_PER_INDEX = 1024;

export function emptyDocumentIndex(): DocumentIndex {
  return { ...emptyPacked(), last: 0 };
}
export function withDocument(documents: DocumentIndex, position: number): DocumentIndex {
  return { ...appended(documents, [position - documents.last]), last: position };
}
export function withLaterEvent(documents: DocumentIndex, index: number, position: number): DocumentIndex {
  return { ...appended(documents, [documents.last - position - 1, index]), last: position };
}

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
