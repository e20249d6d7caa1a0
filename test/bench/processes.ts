/** CPU and memory of all processes below this one, without this one (Linux; nothing elsewhere). */
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  cpu_s: number;
  memory_mib: number;
}

const TICKS_PER_SECOND = 100;
const PAGE_MIB = 4096 / 1024 / 1024;

export function usageOfChildren(): Usage {
  const children = new Map<number, number[]>();
  const usage = new Map<number, Usage>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (stat === undefined) continue;
    const pid = Number(name);
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), pid]);
    usage.set(pid, stat);
  }
  const total: Usage = { cpu_s: 0, memory_mib: 0 };
  const visit = (pid: number) => {
    for (const child of children.get(pid) ?? []) {
      const { cpu_s, memory_mib } = usage.get(child)!;
      total.cpu_s += cpu_s;
      total.memory_mib += memory_mib;
      visit(child);
    }
  };
  visit(process.pid);
  return total;
}

function statOf(pid: string): (Usage & { parent: number }) | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
    // With what ended children have used: a database's workers come and go.
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    return { parent: Number(fields[1]), cpu_s: ticks / TICKS_PER_SECOND, memory_mib: Number(fields[21]) * PAGE_MIB };
  } catch {
    return undefined;
  }
}
