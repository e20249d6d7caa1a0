/** The newest import is zstd in node:zlib. package.json says the same. */
const NODE_MIN = [22, 15] as const;

export function requireNode(): void {
  const sentence = refuseNode(process.versions.node);
  if (sentence === undefined) return;
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

export function refuseNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return undefined;
  return `This is Node ${version}, but factory-ledger needs ${NODE_MIN.join('.')} or newer. \`npm start\` and \`npm run …\` bring their own; else install a newer Node.`;
}
