/** Ends a run of the peer tests with a table: which real programs were at hand, and how many tests met them. */
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { type Found, peerNamed, peers } from "./registry.ts";

/** How many tests of one peer ended how. */
export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** The table's text: one line for each peer, in the order given. */
export function peerTable(
  rows: readonly { readonly name: string; readonly found: Found; readonly count: Count }[],
): string {
  const cells = [["peer", "version", "run", "failed", "skipped"]];
  for (const { name, found, count } of rows) {
    const numbers = [count.passed + count.failed, count.failed, count.skipped].map(String);
    cells.push([name, found.version ?? `- (${found.missing})`, ...numbers]);
  }
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join("  "),
    )
    .join("\n");
}

/** The vitest reporter. A test that needs two peers counts for both. */
export default class PeerReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const total: Count = { passed: 0, failed: 0, skipped: 0 };
    const counts = new Map(peers.map(({ name }) => [name, { passed: 0, failed: 0, skipped: 0 }]));
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // A test that a broken file or an interrupt kept from running proves as little as a skipped one.
        const outcome = state === "pending" ? "skipped" : state;
        total[outcome]++;
        for (const name of peersOf(test)) counts.get(name)![outcome]++;
      }
    }
    const rows = peers.map(({ name }) => ({ name, found: peerNamed(name), count: counts.get(name)! }));
    console.log(
      `\n${peerTable(rows)}\n\npeers: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`,
    );
  }
}

function peersOf(test: TestCase): ReadonlySet<string> {
  const names = new Set(test.meta().peers);
  for (let parent = test.parent; parent.type === "suite"; parent = parent.parent) {
    for (const name of parent.meta().peers ?? []) names.add(name);
  }
  return names;
}
