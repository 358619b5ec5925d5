/** The column by which tools that import people, and not lists, learn who is in an audience and who is not any more. */

export function membershipColumn(exportName: string): string {
  return `retain_${exportName}`;
}
