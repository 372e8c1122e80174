/** Which vitest projects the arguments choose; without `--project` all of them. */
export function projectFilter(args) {
  const chosen = args.flatMap((arg, i) => {
    if (arg.startsWith("--project=")) return [arg.slice("--project=".length)];
    return arg === "--project" && args[i + 1] !== undefined ? [args[i + 1]] : [];
  });
  const only = chosen.filter((name) => !name.startsWith("!"));
  return (project) =>
    !chosen.includes(`!${project}`) && (only.length === 0 || only.includes(project));
}

const filtersByName = (args) =>
  args.some((arg) => arg === "-t" || arg.startsWith("--testNamePattern") || arg.startsWith("-t="));

/** How a test starts its reason when the machine lacks something, rather than the subject. */
const LACKING = "not available";

/** What did not run, one line each: missing programs, then skipped tests with their reasons. */
function notRun({ missing, skipped, args }) {
  const programs = missing.map((need) => `${need.projects.join(", ")}: ${need.why}`);
  // Under -t vitest calls everything else skipped; only those that gave a reason are news.
  const told = filtersByName(args) ? skipped.filter((test) => test.why !== "") : skipped;
  const tests = told.map(({ file, name, why }) => `${file} > ${name}${why ? `: ${why}` : ""}`);
  const lacking = told.filter((test) => test.why.startsWith(LACKING));
  return { lines: [...programs, ...tests], lacking: programs.length + lacking.length };
}

/**
 * The last lines of a test run and its exit code. `tally` is undefined when vitest died before
 * it could write one; `strict` (CI) turns what the machine lacks into failures. A test that skips
 * itself because its subject does not promise something stays a skip.
 */
export function summarize({ tally, exitCode, missing, args, strict }) {
  const { passed, failed, skipped, unhandled } = tally ?? {
    passed: 0,
    failed: 0,
    skipped: [],
    unhandled: 0,
  };
  const lines = [];
  const absent = notRun({ missing, skipped, args });
  if (absent.lines.length > 0) lines.push("Not run:", ...absent.lines.map((line) => `  ${line}`));
  const lacking = strict ? absent.lacking : 0;
  if (lacking > 0) lines.push("CI is set, so what is missing or not available counts as failed.");

  let failures = failed + lacking;
  if (exitCode !== 0 && failed === 0) {
    const errors = Math.max(1, unhandled);
    lines.push(
      tally === undefined
        ? `vitest ended with code ${exitCode} before it could report.`
        : `vitest ended with code ${exitCode} outside any test (see above).`,
    );
    failures += errors;
  }
  if (skipped.length > 0) lines.push(`${skipped.length} skipped`);
  lines.push(`${passed} passed, ${failures} failed`);
  return { lines, exitCode: failures > 0 ? 1 : 0 };
}
