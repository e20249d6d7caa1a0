/** docs/incidents.md: what stands in its boxes is typed by a bench, and read by a spec. */
import { readFile } from 'node:fs/promises';

export interface Incident {
  number: number;
  title: string;
  /** Of shell, in their order. */
  boxes: string[];
}

/** `first`: what is typed before each box. */
export async function readIncidents(): Promise<{ first: string; incidents: Incident[] }> {
  const text = await readFile('docs/incidents.md', 'utf8');
  const [opening = '', ...sections] = text.split(/^## /m);
  const [first = ''] = boxesIn(opening);
  const incidents = sections.flatMap((section) => {
    const [, number, title = ''] = /^(\d+)\. (.+)$/m.exec(section) ?? [];
    return number === undefined ? [] : [{ number: Number(number), title, boxes: boxesIn(section) }];
  });
  return { first, incidents };
}

const boxesIn = (text: string) => [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, box]) => box!);
