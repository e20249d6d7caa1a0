/** Below this process, without it (Linux; nothing elsewhere). */
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
    // With ended children: a database's workers come and go.
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    return { parent: Number(fields[1]), cpu_s: ticks / TICKS_PER_SECOND, memory_mib: Number(fields[21]) * PAGE_MIB };
  } catch {
    return undefined;
  }
}

/** Seconds since its start, with ended children of its own. */
export function cpuOfPrograms(): Record<string, number> {
  const cpu: Record<string, number> = {};
  for (const pid of descendants()) {
    const name = programOf(pid);
    const usage = statOf(`${pid}`);
    if (name !== undefined && usage !== undefined) cpu[name] = (cpu[name] ?? 0) + usage.cpu_s;
  }
  return cpu;
}

/** A database's buffers are a row of their own: they fill as far as configured. */
export function memoryOfPrograms(): Record<string, number> {
  const memory: Record<string, number> = {};
  for (const pid of descendants()) {
    const name = programOf(pid);
    if (name === undefined) continue;
    const { own, buffers } = proportionalMib(pid);
    memory[name] = (memory[name] ?? 0) + own;
    if (buffers > 0) memory[`${name}, buffers`] = (memory[`${name}, buffers`] ?? 0) + buffers;
  }
  return memory;
}

function descendants(): number[] {
  const parents = new Map(
    readdirSync('/proc').flatMap((name) => {
      const parent = /^\d+$/.test(name) ? statOf(name)?.parent : undefined;
      return parent === undefined ? [] : [[Number(name), parent] as const];
    }),
  );
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === process.pid || isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

function programOf(pid: number): string | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    return /apps\/([a-z]+)\/main/.exec(command)?.[1] ?? (/postgres/.test(command) ? 'postgres' : undefined);
  } catch {
    return undefined;
  }
}

function proportionalMib(pid: number): { own: number; buffers: number } {
  try {
    const sums = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(sums)?.[1] ?? 0) / 1024;
    const buffers = mib('Pss_Shmem');
    return { own: mib('Pss') - buffers, buffers };
  } catch {
    return { own: 0, buffers: 0 };
  }
}
