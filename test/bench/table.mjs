/** Draws results for people: one line a measurement, with its yardstick and its budget. Computes nothing. */

const heads = ["what", "median", "min..max", "yardstick", "median", "ratio", "min..max", "budget", "met", "cpu", "memory"];
const isNumber = heads.map((head) => !["what", "yardstick", "budget", "met"].includes(head));

export function drawTable(results) {
  const rows = [heads, ...results.map(toCells)];
  const widths = heads.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (row) => row.map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join("  ");
  return [line(rows[0]).trimEnd(), widths.map((width) => "-".repeat(width)).join("  "), ...rows.slice(1).map((row) => line(row).trimEnd())].join("\n");
}

function toCells({ what, seconds, yardstick, yardstickSeconds, ratio, budget, met, cpuSeconds, cpuRatio, megabytes }) {
  return [
    what,
    time(seconds.median),
    range(seconds, time),
    yardstick,
    time(yardstickSeconds.median),
    times(ratio.median),
    range(ratio, times),
    budget === undefined ? "" : budget.kind === "ratio" ? `<= ${budget.most.toFixed(2)}x` : `< ${time(budget.most)}`,
    met === undefined ? "" : met ? "yes" : "NO",
    cpuSeconds === undefined ? "" : `${time(cpuSeconds.median)} ${times(cpuRatio.median).padStart(6)}`,
    megabytes === undefined ? "" : `${megabytes.median.toFixed(0)} MB`,
  ];
}

function range({ min, max }, format) {
  return `${format(min)}..${format(max)}`;
}

function time(seconds) {
  return seconds < 1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(2)} s`;
}

function times(ratio) {
  return `${ratio.toFixed(2)}x`;
}
