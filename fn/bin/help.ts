/** What `--help`, and a terminal in place of input, show. */
export const HELP = `decrypt-sops opens SOPS-encrypted Kubernetes resources inside kustomize, kpt and CI.

Usage:
  decrypt-sops < INPUT       decrypt a ResourceList (as a KRM function) or any stream of YAML or JSON documents
  decrypt-sops --help
  decrypt-sops --version

Keys are taken from
  keys.directories in the functionConfig, or DECRYPT_SOPS_KEYS   a directory with *.agekey files
  SOPS_AGE_KEY, SOPS_AGE_KEY_FILE                                as for sops
  the user's sops/age/keys.txt                                   as for sops

Other settings
  DECRYPT_SOPS_MAC   verify (default), require, warn or ignore

Exit status: 0 done, 1 something could not be decrypted or verified, 2 wrong use or configuration.
`;
