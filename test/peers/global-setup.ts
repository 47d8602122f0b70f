/** What must hold before the first peer test: PEERS_REQUIRED makes sense, and the bundle is that of this checkout. */
import { execFileSync } from "node:child_process";
import { requiredPeers } from "./registry.ts";

/** Called once by vitest, before the workers. */
export default function setup(): void {
  requiredPeers();
  execFileSync("npm", ["run", "--silent", "build"], { stdio: ["ignore", "inherit", "inherit"] });
}
