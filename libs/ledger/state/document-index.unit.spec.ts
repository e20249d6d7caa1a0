import { emptyDocumentIndex, positionsIn, withDocument, withLaterEvent } from './document-index.js';

describe('a document index', () => {
  it('knows the events of each document', () => {
    let documents = withDocument(withDocument(emptyDocumentIndex(), 0), 5);
    documents = withLaterEvent(documents, 1, 5);
    documents = withLaterEvent(documents, 0, 900);
    documents = withDocument(documents, 5_000_000_000);
    documents = withLaterEvent(documents, 0, 5_000_000_001);
    expect([0, 1, 2].map((index) => positionsIn(documents, index))).toEqual([
      [0, 900, 5_000_000_001],
      [5, 5],
      [5_000_000_000],
    ]);
  });

  it('is as before when the newest events are given up', () => {
    const before = withDocument(emptyDocumentIndex(), 17);
    withLaterEvent(withDocument(before, 18), 0, 19);
    const other = withLaterEvent(before, 0, 18);
    expect([positionsIn(before, 0), positionsIn(other, 0)]).toEqual([[17], [17, 18]]);
  });

  it('takes some two bytes a document', () => {
    let documents = emptyDocumentIndex();
    for (let n = 0; n < 1000; n += 1) documents = withDocument(documents, 1_000_000 + 70 * n);
    expect(documents.used).toBeLessThanOrEqual(2010);
  });
});
