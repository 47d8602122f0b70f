/** What `--help`, and a terminal in place of input, show. */
export const HELP = `decrypt-sops opens SOPS-encrypted Kubernetes resources inside kustomize, kpt and CI.

Usage:
  decrypt-sops < INPUT       decrypt a ResourceList (as a KRM function) or any stream of YAML or JSON documents
  decrypt-sops decrypt       decrypt one file, as sops decrypt does; see decrypt-sops decrypt --help
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

/** What `decrypt --help` shows. */
export const DECRYPT_HELP = `decrypt-sops decrypt opens one SOPS file. Without FILE, or if it is -, it reads standard input.

Usage:
  decrypt-sops decrypt [OPTIONS] [FILE]

Options:
  -i, --in-place               put the plaintext into FILE; on any failure FILE stays as it was
  -o, --output PATH            write there, for the owner only, instead of to standard output
      --input-type TYPE        yaml, json, dotenv, ini or binary; else by the ending of the name, without name by content
      --output-type TYPE       the same types; else by the ending of the name
      --filename-override NAME whose ending counts instead of that of FILE
      --extract PATH           only the part at a path such as '["data"]["password"]' or '["hosts"][0]'
      --ignore-mac             do not check the MAC
  -h, --help

Keys are taken from DECRYPT_SOPS_KEYS (a directory with *.agekey files) and, as for sops, from SOPS_AGE_KEY,
SOPS_AGE_KEY_FILE and the user's sops/age/keys.txt.

Exit status, as of sops: 0 done, 1 no SOPS file or a part that is not there, 2 wrong use or unreadable, 3 not writable,
4 not possible in the output type, 8 options that exclude each other, 25 a value does not open, 51 the MAC does not
hold, 91 a path that is none, 100 no such file, 128 no key opens it.
`;
