/**
 * Makes dist/: the executable with its chunks, the library, the schema of the configuration and the licences of what is
 * bundled. Nothing is done when neither the inputs nor the outputs changed since the last time, because `npm test` and
 * `npm run demo` ask for a build each time.
 *
 *   node scripts/build.ts [--quiet] [--force]
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import type { Metafile } from "esbuild";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const stampFile = join(root, "node_modules/.cache/decrypt-sops/build.json");
const entry = "fn/bin/decrypt-sops.ts";
const executable = "decrypt-sops.cjs";

const { values: flags } = parseArgs({ options: { quiet: { type: "boolean" }, force: { type: "boolean" } } });

const inputs = inputsDigest();
if (flags.force !== true && isUpToDate(inputs)) {
  say("dist/ is up to date");
} else {
  rmSync(stampFile, { force: true });
  try {
    // The compiler is a process of its own, so the two take no longer than one; neither is left half done by the other.
    const [library, metafile] = await Promise.allSettled([compileLibrary(), bundle()]);
    if (metafile.status === "rejected") throw metafile.reason;
    writeLicenses(metafile.value);
    await writeSchema();
    if (library.status === "rejected") throw library.reason;
    mkdirSync(dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, JSON.stringify({ inputs, outputs: outputsDigest() }));
    say("dist/ is built");
  } catch (error) {
    // What follows the first line of esbuild's message it has printed already.
    process.stderr.write(`build: ${String(error).split("\n")[0]}\n`);
    process.exitCode = 1;
  }
}

function say(line: string): void {
  if (flags.quiet !== true) process.stdout.write(`${line}\n`);
}

/** Every file below `folder`, in a stable order. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .toSorted();
}

/** By content: a fresh clone or a change of branch sets times at will. */
function inputsDigest(): string {
  const hash = createHash("sha256").update(process.version);
  const files = ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json", "scripts/build.ts"];
  for (const file of [...files.map((name) => join(root, name)), ...filesBelow(join(root, "fn"))]) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** By name, size and time only: this is to notice a removed or overwritten output, not to prove its content. */
function outputsDigest(): string {
  const hash = createHash("sha256");
  for (const file of filesBelow(dist)) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(dist, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function isUpToDate(current: string): boolean {
  if (!existsSync(stampFile) || !existsSync(join(dist, executable))) return false;
  const stamp = JSON.parse(readFileSync(stampFile, "utf8")) as { inputs?: string; outputs?: string };
  return stamp.inputs === current && stamp.outputs === outputsDigest();
}

/**
 * In two passes, because esbuild splits only ESM, and a CommonJS entry starts faster and needs no package.json beside
 * it: first split as ESM, then each file by itself to CommonJS, where `import()` becomes a promise of `require()`.
 */
async function bundle(): Promise<Metafile> {
  const esbuild = await import("esbuild");
  const split = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: "dist",
    write: false,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    outExtension: { ".js": ".cjs" },
    chunkNames: "chunks/[name]-[hash]",
    // `yaml` hands Node its CommonJS build, which cannot be tree-shaken; its other build is the same code as ESM.
    alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });

  const written = new Set<string>();
  // The entry comes last: whoever runs it meanwhile finds either the old chunks or the new ones.
  for (const output of split.outputFiles.toSorted((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)))) {
    const { code, warnings } = await esbuild.transform(output.text, {
      format: "cjs",
      platform: "node",
      target: "node22",
      supported: { "dynamic-import": false },
      sourcefile: basename(output.path),
      // What was a module was strict.
      banner: '"use strict";',
      logLevel: "warning",
    });
    // A warning here is a construct without a CommonJS form, such as import.meta.url, which would be undefined.
    if (warnings.length > 0) throw new Error(`${relative(root, output.path)} does not survive as CommonJS`);
    writeWhole(output.path, isEntry(output.path) ? withShebang(code) : code);
    written.add(output.path);
  }
  chmodSync(join(dist, executable), 0o755);
  for (const file of existsSync(join(dist, "chunks")) ? filesBelow(join(dist, "chunks")) : []) {
    if (!written.has(file)) rmSync(file);
  }
  writeWhole(join(dist, "meta.json"), JSON.stringify(split.metafile));
  return split.metafile;
}

function isEntry(path: string): boolean {
  return basename(path) === executable;
}

function withShebang(code: string): string {
  return code.startsWith("#!") ? code : `#!/usr/bin/env node\n${code}`;
}

/** Renamed into place, so that a run of the executable at the same time never reads half a file. */
function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}

async function compileLibrary(): Promise<void> {
  rmSync(join(dist, "lib"), { recursive: true, force: true });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const child = spawn(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("exit", resolve);
  });
  if (status !== 0) throw new Error("the library does not compile");
}

async function writeSchema(): Promise<void> {
  const { configSchema } = await import("../fn/krm/config-schema.ts");
  writeWhole(join(dist, "decrypt-sops.schema.json"), `${JSON.stringify(configSchema(), null, 2)}\n`);
}

/** The licence texts of every package that has code in the bundle, as most of their licences ask for. */
function writeLicenses(metafile: Metafile): void {
  const packages = new Set<string>();
  for (const input of Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs))) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) packages.add(folder);
  }
  const sections = [...packages].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
      license: string;
    };
    const texts = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    if (texts.length === 0) throw new Error(`${folder} is bundled, but has no licence text to pass on`);
    const body = texts.map((file) => readFileSync(join(root, folder, file), "utf8").trim()).join("\n\n");
    return `${name} ${version} (${license})\n\n${body}\n`;
  });
  const head = "decrypt-sops contains code of these packages, each under its own licence.\n";
  writeWhole(join(dist, "THIRD_PARTY_LICENSES.txt"), [head, ...sections].join(`\n${"-".repeat(80)}\n\n`));
}
