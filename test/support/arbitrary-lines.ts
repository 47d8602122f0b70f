/** Random dotenv and INI files as people write them, and binary ones, for encryption by the real sops. */
import fc from "fast-check";

const line = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 25 }),
  fc.string({ unit: "binary", maxLength: 15 }).map((text) => text.toWellFormed().replaceAll(/[\u0000\n]/g, "")),
  fc.constantFrom(
    "",
    "a=b",
    '"quoted"',
    "'single'",
    " blanks ",
    "two\\nlines",
    "trailing\\",
    "# hash",
    "x;y",
    "a: b",
    "😀",
    "`t`",
  ),
);
const name = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,8}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("data", "password", "user_unencrypted", "token_secret", "with space", "ключ"),
  },
);
const comment = fc.constantFrom(" note", "secret", " public: yes", " # deep");

/** Variables, comments and blank lines. */
export const dotenvText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.tuple(name, line).map(([key, value]) => `${key}=${value}`) },
      { weight: 1, arbitrary: comment.map((text) => `#${text}`) },
      { weight: 1, arbitrary: fc.constant("") },
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((lines) => `${lines.join("\n")}\n`);

const iniValue = fc.oneof(
  line,
  line.map((text) => `"${text}"`),
  line.map((text) => `\`${text.replaceAll("`", "")}\``),
  fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => `"""${lines.join("\n")}"""`),
  fc.tuple(name, name).map(([first, second]) => `${first} \\\n  ${second}`),
  fc.tuple(name, comment).map(([text, note]) => `${text} ;${note}`),
);
const iniLine = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(name, fc.constantFrom("=", " = ", ": "), iniValue).map((parts) => parts.join("")) },
  { weight: 2, arbitrary: name.map((section) => `[${section}]`) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(";", "#", "; ", "# "), comment).map((parts) => parts.join("")) },
  { weight: 1, arbitrary: fc.constant("") },
);

/** Sections, keys before any section, values in all quotes and over several lines, comments. */
export const iniText: fc.Arbitrary<string> = fc
  .array(iniLine, { minLength: 1, maxLength: 10 })
  .map((lines) => `${lines.join("\n")}\n`);

export const binaryContent: fc.Arbitrary<Buffer> = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
