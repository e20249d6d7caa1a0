/** Horizontal bars as SVG, one colour a series. No axis: the figures say it. */

export interface Chart {
  title: string;
  unit: string;
  groups: Record<string, Record<string, number>>;
}

const COLOURS = ['#1f6f8b', '#c2693d', '#8a8a8a', '#5b8c5a', '#7d5ba6', '#b0516f', '#4d4d4d'];
const BAR = 18;
const LEFT = 150;
const WIDTH = 760;

export function renderChart({ title, unit, groups }: Chart): string {
  const most = Math.max(1, ...Object.values(groups).flatMap((series) => Object.values(series)));
  const names = [...new Set(Object.values(groups).flatMap((series) => Object.keys(series)))];
  const parts: string[] = [];
  let y = 44;
  for (const [group, series] of Object.entries(groups)) {
    parts.push(text(8, y + 4, group, 'font-weight="bold"'));
    y += 12;
    for (const [name, value] of Object.entries(series)) {
      const width = Math.max(1, (value / most) * (WIDTH - LEFT - 120));
      const colour = COLOURS[names.indexOf(name) % COLOURS.length];
      parts.push(text(LEFT - 8, y + 13, name, 'text-anchor="end"'));
      parts.push(`<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 4}" fill="${colour}"/>`);
      parts.push(text(LEFT + width + 6, y + 12, `${Math.round(value).toLocaleString('en')} ${unit}`));
      y += BAR;
    }
    y += 16;
  }
  const style = 'font-family="system-ui, sans-serif" font-size="13" fill="#222"';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}">`,
    `<rect width="100%" height="100%" fill="#fff"/><g ${style}>${text(8, 22, title, 'font-size="16"')}${parts.join('')}</g></svg>\n`,
  ].join('');
}

function text(x: number, y: number, words: string, attributes = ''): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}" ${attributes}>${escaped}</text>`;
}
