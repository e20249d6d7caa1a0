import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { type Chart, renderChart } from './chart.js';

/** npm run bench -- <part> [--flags]; without a part, all. Figures go to bench-results/. */
interface Part {
  title: string;
  run(): Promise<object>;
  chart?(results: object): Chart;
}

async function runPart(name: string): Promise<void> {
  const part = (await import(`./${name}.bench.js`)) as Part;
  console.log(`\n${part.title} …`);
  const results = await part.run();
  for (const [group, figures] of Object.entries(results)) {
    console.log(`\n${group}`);
    console.table(figures);
  }
  await mkdir('bench-results', { recursive: true });
  await writeFile(`bench-results/${name}.json`, `${JSON.stringify({ title: part.title, ...results }, null, 2)}\n`);
  if (part.chart !== undefined) await writeFile(`bench-results/${name}.svg`, renderChart(part.chart(results)));
}

const files = await readdir(new URL('.', import.meta.url));
const parts = files.flatMap((file) => /^([a-z0-9-]+)\.bench\.js$/.exec(file)?.[1] ?? []).sort();
const [name] = process.argv.slice(2);
if (name !== undefined && !parts.includes(name)) {
  console.error(`There is no part ${name}. Parts: ${parts.join(', ')}.`);
  process.exit(1);
}
for (const part of name === undefined ? parts : [name]) await runPart(part);
process.exit();
