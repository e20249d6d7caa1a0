import { SingleBar } from 'cli-progress';

export interface Progress {
  at(done: number, total: number): void;
  stop(): void;
}

export function showProgress(what: string, unit: string): Progress {
  const bar = new SingleBar({
    format: `${what} {bar} {percentage} % | {value} of {total} ${unit} | {rate}/s | {left} left`,
  });
  const since_ms = performance.now();
  let shown_ms = 0;
  let begun = false;
  let stopped = false;
  let [last, total_last] = [0, 0];
  const show = (done: number, total: number) => {
    const seconds = (performance.now() - since_ms) / 1000;
    const rate = done / seconds;
    const left = Math.ceil((total - done) / rate);
    const figures = { rate: Math.round(rate), left: Number.isFinite(left) ? `${left} s` : '?' };
    if (begun) bar.update(done, figures);
    else bar.start(total, done, figures);
    begun = true;
  };
  return {
    at(done, total) {
      [last, total_last] = [done, total];
      const now_ms = performance.now();
      if (now_ms - shown_ms < 200) return;
      shown_ms = now_ms;
      show(done, total);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      if (total_last > 0) show(last, total_last);
      bar.stop();
    },
  };
}
