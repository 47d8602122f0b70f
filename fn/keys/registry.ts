import { SopsError } from "../errors.ts";
import type { KeyKind, ProviderModule, WrappedKey } from "./provider.ts";

/** How to get at the provider of one kind of key. */
export interface ProviderEntry<K extends WrappedKey = WrappedKey> {
  /** The npm packages it needs; repeated here because a provider that does not load cannot say it. */
  readonly packages: readonly string[];
  /** Set if it finds credentials by itself, such as a cloud's default chain, so that none at hand is no reason to skip it. */
  readonly ambient?: true;
  readonly load: () => Promise<ProviderModule<K>>;
}

export type Registry = { readonly [K in KeyKind]?: ProviderEntry<Extract<WrappedKey, { kind: K }>> };

/** The kinds of key this version opens. The only dynamic imports, so that each SDK is loaded when a file needs it. */
export const providers: Registry = {
  age: { packages: ["age-encryption"], load: () => import("./age.ts") },
};

/**
 * Loads a provider.
 *
 * @throws SopsError KEY_PROVIDER_MISSING naming the npm packages if it cannot be loaded.
 */
export async function loadProvider(kind: KeyKind, entry: ProviderEntry): Promise<ProviderModule> {
  try {
    return await entry.load();
  } catch {
    const packages = entry.packages.join(" ");
    throw new SopsError(
      "KEY_PROVIDER_MISSING",
      `${kind} keys cannot be opened because ${packages} could not be loaded`,
      {
        hint: `run npm install ${packages}, or install decrypt-sops again`,
        tags: { kind, packages },
      },
    );
  }
}
