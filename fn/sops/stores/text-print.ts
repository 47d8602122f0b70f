import { SopsError } from "../../errors.ts";
import { floatText } from "../float.ts";
import { utf8 } from "../plaintext.ts";
import type { LeafValue } from "../tree.ts";

/**
 * A scalar as the text it is in dotenv and INI, which know no types; as SOPS' `stores.ValToString` spells it, a null
 * included.
 *
 * @throws SopsError OUTPUT_UNSUPPORTED for bytes that are not text.
 */
export function textOfScalar(value: LeafValue): string {
  switch (value.type) {
    case "str":
    case "comment":
      return value.text;
    case "time":
      return value.text.replace(/\.\d+/, "");
    case "bytes": {
      const text = utf8(value.bytes);
      if (text !== null) return text;
      throw new SopsError("OUTPUT_UNSUPPORTED", "the file is text, and a value opens to bytes that are not");
    }
    case "int":
      return value.value.toString();
    case "float":
      return floatText(value.value);
    case "bool":
      return value.value ? "true" : "false";
    case "null":
      return "<nil>";
  }
}
