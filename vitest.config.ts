/** `npm test`: everything that needs only Node. The tests beside real programs have test/peers/vitest.config.ts. */
import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/peers/**", "**/node_modules/**"],
    // Threads start in half the time of processes, and no test changes the working directory or signals its process.
    pool: "threads",
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});

export default config;
