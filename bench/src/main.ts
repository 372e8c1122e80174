import { parseArgs } from "node:util";
import { sectionText } from "./report.js";
import { type Found, type Section, saveResults } from "./results.js";
import { measureFanOut } from "./sections/fan-out.js";
import { parts } from "./sections/parts.js";
import type { Plan } from "./sections/section.js";
import { lineUp } from "./subjects/registry.js";
import { fanOutWorkloads, type Workload } from "./workloads.js";

/** `npm run bench -- [--quick] [--only W1,W4] [--against socket.io,bun] [--rounds 5] [--keep] [--doc]` */

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    against: { type: "string" },
    rounds: { type: "string" },
    keep: { type: "boolean", default: false },
    doc: { type: "boolean", default: false },
  },
});

const print = (text: string) => void process.stdout.write(`${text}\n`);
if (values.doc) {
  const { writeDoc } = await import("./doc.js");
  for (const file of writeDoc()) print(file);
} else {
  await measure();
}

async function measure(): Promise<void> {
  const { quick } = values;
  const { names, missing } = lineUp({ quick, against: values.against?.split(",") });
  for (const line of missing) print(line);
  const plan: Plan = { quick, rounds: Number(values.rounds ?? (quick ? 2 : 5)), names, print };
  const only = values.only?.split(",");
  const workloads = fanOutWorkloads(quick);
  checkNames(only, [...workloads, ...parts]);
  const wanted = ({ name }: { readonly name: string }) => !only || only.includes(name);
  const began = performance.now();
  const sections: Section[] = [];

  const add = (name: string, title: string, found: Found) => {
    const section: Section = {
      name,
      title,
      at: new Date().toISOString(),
      mode: quick ? "quick" : "full",
      tables: found.tables ?? [],
      checks: found.checks ?? [],
      notes: found.notes ?? [],
      rows: found.rows ?? [],
    };
    print(`\n${name}: ${title}\n\n${sectionText(section)}`);
    sections.push(section);
    saveResults(sections, { whole: false, keep: values.keep }); // should the rest not come to an end
  };

  for (const group of byShape(workloads.filter(wanted))) {
    await measureFanOut(group, plan, ({ name, title }, found) => add(name, title, found));
  }
  for (const part of parts.filter(wanted)) add(part.name, part.title, await part.run(plan));

  const whole = !quick && !only && !values.against && !values.rounds;
  const file = saveResults(sections, { whole, keep: values.keep });
  const seconds = Math.round((performance.now() - began) / 1_000);
  print(`\n${seconds} s. All figures of all rounds are in ${file}.`);
}

/** Workloads of one shape can be measured with the same connections. */
function byShape(workloads: readonly Workload[]): Workload[][] {
  const groups = new Map<unknown, Workload[]>();
  for (const workload of workloads) {
    groups.set(workload.shape, [...(groups.get(workload.shape) ?? []), workload]);
  }
  return [...groups.values()];
}

function checkNames(only: readonly string[] | undefined, known: readonly { name: string }[]): void {
  const names = known.map(({ name }) => name);
  const wrong = only?.find((name) => !names.includes(name));
  if (wrong !== undefined) {
    throw new Error(`nothing is called "${wrong}"; there are ${names.join(", ")}`);
  }
}
