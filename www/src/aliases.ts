// Other names of contigs, for viewers that look for both.

/** Names with those of their other names that mean one contig only and are no contig's name. `named` has each name first, then others. */
export function aliasesOf(named: readonly (readonly [string, ...string[]])[]): [name: string, aliases: string[]][] {
  const own = new Set(named.map(([name]) => name));
  const sets = named.map(([name, ...others]) => [name, new Set(others)] as const);
  const uses = new Map<string, number>();
  for (const [, others] of sets) for (const other of others) uses.set(other, (uses.get(other) ?? 0) + 1);
  return sets.map(([name, others]) => [name, [...others].filter((other) => !own.has(other) && uses.get(other) === 1)]);
}
