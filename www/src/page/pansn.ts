// Names of the PanSN kind, `sample#haplotype#contig`: what several names have in common.

/** What comes before the last of the signs that the name of a sample (1) or of a contig (2) has; `undefined` without it. */
export function stemOf(name: string, signs: 1 | 2): string | undefined {
  const first = name.indexOf('#');
  const end = signs === 1 ? first : name.indexOf('#', first + 1);
  return first > 0 && end >= first && end < name.length - 1 ? name.slice(0, end) : undefined;
}

/**
 * For each name the number of its group, -1 for none, and what the groups are called. A name alone is no group, nor are
 * all names one.
 */
export function groupsOf(names: readonly string[], signs: 1 | 2): { groups: Int32Array; titles: string[] } {
  const stems = names.map((name) => stemOf(name, signs));
  const members = new Map<string, number>();
  for (const stem of stems) if (stem !== undefined) members.set(stem, (members.get(stem) ?? 0) + 1);
  const titles = [...members].flatMap(([stem, count]) => (count > 1 && count < names.length ? [stem] : []));
  const numbers = new Map(titles.map((title, i) => [title, i]));
  return { groups: Int32Array.from(stems, (stem) => numbers.get(stem ?? '') ?? -1), titles };
}
