import { SopsError } from "../../errors.ts";
import { plaintextOf } from "../plaintext.ts";
import { current, entryOf, type MapNode, type Scalar } from "../tree.ts";
import { jsonStore } from "./json.ts";
import type { Store } from "./store.ts";

/** Any other file: a JSON object that holds its content under `data`, and its metadata under `sops`. */
export const binaryStore: Store = {
  format: "binary",
  load(source) {
    const file = jsonStore.load(source);
    return { ...file, content: () => contentOf(file.documents) };
  },
  print: contentOf,
  printValue() {
    throw new SopsError("OUTPUT_UNSUPPORTED", "a binary file has no parts that are not strings");
  },
};

/**
 * The content of a binary file: the bytes of `data`, whatever they are.
 *
 * @throws SopsError OUTPUT_UNSUPPORTED, as SOPS' binary store, unless there is one document with a string under `data`.
 */
function contentOf(documents: readonly MapNode[]): Uint8Array {
  const [document] = documents;
  if (document === undefined || documents.length > 1) throw notBinary("is not a single document");
  const data = entryOf(document, "data")?.value;
  if (data === undefined) throw notBinary("has no data under `data`");
  const value = data.kind === "leaf" ? current(data) : undefined;
  if (value?.type !== "str" && value?.type !== "bytes")
    throw notBinary("has something else than a string under `data`");
  const bytes = plaintextOf(value satisfies Scalar);
  return typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes;
}

function notBinary(what: string): SopsError {
  return new SopsError("OUTPUT_UNSUPPORTED", `the file ${what}, so it is no encrypted binary file`, {
    hint: "if it is none, name its format with --input-type and --output-type",
  });
}
