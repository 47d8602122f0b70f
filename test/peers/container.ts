/** Running our image the way kustomize and kpt do, on a machine that may have podman in the place of Docker. */
import { execFile, execFileSync } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The programs that {@link buildImage} and `docker` need, for describeWithPeers. */
export const containerPeers = ["podman", "runc", "buildah"] as const;

const folder = fileURLToPath(new URL("container", import.meta.url));

/** Builds the project's image from its Dockerfile and dist, unless it is up to date. Returns the image's name. */
export function buildImage(): string {
  const output = execFileSync(`${folder}/build-images.sh`, [process.execPath], { encoding: "utf8" });
  return output.trim();
}

/** An environment in which `docker` is our stand-in; with `calls`, it appends its arguments to that file, parted by tabs. */
export function dockerEnvironment(calls?: string): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env, PATH: `${folder}/bin${delimiter}${process.env["PATH"]}` };
  if (calls !== undefined) environment["DOCKER_CALLS"] = calls;
  return environment;
}

/** The arguments by which kustomize starts a function's container, without the image. */
export const kustomizeRun: readonly string[] =
  "run --rm -i -a STDIN -a STDOUT -a STDERR --network none --user nobody --security-opt=no-new-privileges".split(" ");

/** How a container ended. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `docker` with these arguments and this standard input, and waits for its end. */
export async function docker(args: readonly string[], input = ""): Promise<Ended> {
  const running = promisify(execFile)(`${folder}/bin/docker`, [...args], { maxBuffer: 64 * 1024 * 1024 });
  // A container that does not start reads nothing; its status says so better than a broken pipe.
  running.child.stdin?.on("error", () => {});
  running.child.stdin?.end(input);
  try {
    return { status: 0, ...(await running) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== "number") throw error;
    return { status: code, stdout: stdout ?? "", stderr: stderr ?? "" };
  }
}
