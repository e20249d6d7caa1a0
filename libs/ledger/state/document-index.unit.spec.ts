import { emptyDocumentIndex, positionsIn, withDocument, withLaterEvent } from './document-index.js';

describe('stories', () => {
  it('tell the events of each document, the one that came in between left out', () => {
    let stories = withDocument(withDocument(emptyDocumentIndex(), 0), 5);
    stories = withLaterEvent(stories, 1, 5);
    stories = withLaterEvent(stories, 0, 900);
    stories = withDocument(stories, 5_000_000_000);
    stories = withLaterEvent(stories, 0, 5_000_000_001);
    expect([0, 1, 2].map((index) => positionsIn(stories, index))).toEqual([
      [0, 900, 5_000_000_001],
      [5, 5],
      [5_000_000_000],
    ]);
  });

  it('are as before when the newest are given up', () => {
    const before = withDocument(emptyDocumentIndex(), 17);
    withLaterEvent(withDocument(before, 18), 0, 19);
    const other = withLaterEvent(before, 0, 18);
    expect([positionsIn(before, 0), positionsIn(other, 0)]).toEqual([[17], [17, 18]]);
  });

  it('take some two bytes for a document', () => {
    let stories = emptyDocumentIndex();
    for (let n = 0; n < 1000; n += 1) stories = withDocument(stories, 1_000_000 + 70 * n);
    expect(stories.used).toBeLessThanOrEqual(2010);
  });
});
