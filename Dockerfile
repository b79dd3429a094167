# Built from a checkout: docker build -t stackward .
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY scripts scripts
COPY src src
COPY tsconfig.json ./
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# Owned by root: the server cannot change what it runs.
COPY --from=build /src/package.json ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY topology topology
USER 1000:1000
EXPOSE 8080
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve", "--http", "0.0.0.0:8080"]
