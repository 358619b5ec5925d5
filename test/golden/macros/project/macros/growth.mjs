export const growth = (base, steps) => Array.from({ length: steps }, (_, i) => base ** i);
