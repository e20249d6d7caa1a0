import { mkdir, writeFile } from 'node:fs/promises';

/** `npm run bench -- <part> [--flags of the part]`: runs one part, prints its figures, keeps them in bench-results/. */
interface Part {
  title: string;
  run(): Promise<object>;
}

const [name = ''] = process.argv.slice(2);
if (!/^[a-z0-9-]+$/.test(name)) throw new Error('Usage: npm run bench -- <part>, for example event-store');
const part = (await import(`./${name}.bench.js`)) as Part;

console.log(`${part.title} …`);
const results = await part.run();
for (const [group, figures] of Object.entries(results)) {
  console.log(`\n${group}`);
  console.table(figures);
}
await mkdir('bench-results', { recursive: true });
await writeFile(`bench-results/${name}.json`, `${JSON.stringify({ title: part.title, ...results }, null, 2)}\n`);
process.exit();
