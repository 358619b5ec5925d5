export function fails(x) {
  throw new Error(`cannot do ${x}`);
}
