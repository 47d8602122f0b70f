/** `npm run test:peers`: the tests that need real programs beside ours. */
import { fileURLToPath } from "node:url";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = {
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: ["test/peers/**/*.peers.test.ts"],
    globalSetup: ["test/peers/global-setup.ts"],
    reporters: ["default", "./test/peers/report.ts"],
    // A container or a Go program takes its time on a loaded machine; more than two at once make all of them late.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
};

export default config;
