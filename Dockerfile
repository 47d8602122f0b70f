# The bundle on a bare Node: no shell, no package manager, nothing but the bundle and its licences.
# BASE may be any image that has node at /nodejs/bin/node and the user `nobody` (kustomize and kpt run us by that name).
ARG BASE=gcr.io/distroless/nodejs24-debian13
FROM ${BASE}

LABEL org.opencontainers.image.title="decrypt-sops" \
      org.opencontainers.image.description="KRM function that decrypts SOPS-encrypted Kubernetes resources" \
      org.opencontainers.image.licenses="Apache-2.0"

# The place for mounted keys. As a WORKDIR it exists, empty, without a RUN, so a read-only root file system can be mounted on.
WORKDIR /keys
ENV DECRYPT_SOPS_KEYS=/keys
WORKDIR /work

# Modes are set here: a checkout made under a strict umask must stay readable to `nobody`.
COPY --chmod=0755 dist/decrypt-sops.cjs /app/decrypt-sops.cjs
COPY --chmod=0755 dist/chunks/ /app/chunks/
# The bundle holds other people's code; their licences travel with it.
COPY --chmod=0644 dist/THIRD_PARTY_LICENSES.txt /app/THIRD_PARTY_LICENSES.txt

USER 65534:65534
ENTRYPOINT ["/nodejs/bin/node", "/app/decrypt-sops.cjs"]
