# Une image sans rien à télécharger au démarrage : les modules sont installés et allégés à la construction.
FROM node:24-bookworm-slim AS modules
WORKDIR /assistant
COPY package.json package-lock.json .npmrc ./
COPY packages ./packages
# Node est celui de l'image : les paquets facultatifs (Node pour les machines trop anciennes) ne servent pas.
RUN npm ci --omit=dev --omit=optional --ignore-scripts
COPY deploy/prune-modules.sh ./deploy/
RUN ./deploy/prune-modules.sh /assistant

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Assistant télétravail" org.opencontainers.image.licenses="MIT"
# Deux réserves de mémoire au lieu de huit par cœur : dix à vingt Mo de moins quand la clé d'un grand salon est partagée.
ENV NODE_ENV=production DATA_DIR=/donnees MALLOC_ARENA_MAX=2
WORKDIR /assistant
COPY --from=modules /assistant/node_modules ./node_modules
COPY package.json package-lock.json LICENSE ./
COPY packages ./packages
COPY bin ./bin
COPY src ./src
COPY intents ./intents
COPY knowledge ./knowledge
# Les seuls endroits où l'assistant écrit, lisibles par lui seul : ses données, et les fiches que les rédacteurs modifient.
# /contenu vide est rempli au premier démarrage avec les fiches livrées ; ensuite, une mise à jour y reprend ce qui change.
RUN install -d -m 0700 -o node -g node /donnees /contenu
VOLUME /donnees
RUN install -d -m 0700 -o node -g node node_modules/.cache
USER node
# Les fiches livrées sont apprises ici, une fois : l'assistant démarre en une demi-seconde.
RUN ["./bin/assistant", "learn"]
STOPSIGNAL SIGTERM
# /healthz dit que le programme répond. Pour savoir s'il est relié à Tchap, surveillez /readyz.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT || 8480}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["./bin/assistant", "start"]
