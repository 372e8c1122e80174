import { writeFileSync } from "node:fs";
import { relative } from "node:path";

/**
 * A vitest reporter that leaves the numbers of a run, and why tests were skipped, in a file:
 * the JSON reporter drops the reason given to `ctx.skip`.
 */
export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: 0, skipped: [], unhandled: unhandledErrors.length };
    for (const module of modules) {
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") tally.passed += 1;
        else if (result.state === "failed") failedTests += 1;
        else
          tally.skipped.push({
            project: module.project.name,
            file: relative(process.cwd(), module.moduleId),
            name: test.fullName,
            why: result.note ?? "",
          });
      }
      // A file that cannot be loaded, or whose hook throws, fails without a failing test in it.
      const broken = module.state() === "failed" && failedTests === 0;
      tally.failed += broken ? 1 : failedTests;
    }
    writeFileSync(process.env.TOCSIN_TALLY_FILE, JSON.stringify(tally));
  }
}
