import { isSopsError, type SopsError } from "../../fn/errors.ts";

/** The SopsError that something throws; anything else it throws is thrown on. */
export function errorOf(run: () => unknown): SopsError | undefined {
  try {
    run();
  } catch (error) {
    if (isSopsError(error)) return error;
    throw error;
  }
  return undefined;
}
