# One image for every program of the system; the command says which: apps/api/main.js, apps/projector/main.js,
# apps/payments/main.js, apps/payment-sandbox/main.js, apps/eventstore/main.js or apps/cli/main.js. Event store and Postgres are services of their own, so nothing embedded
# is in here. Build: docker build -t factory-ledger .

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY libs/client/package.json libs/client/
# No install scripts: the only ones are of the embedded Postgres and of the npm package `node`, and neither is needed.
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.json .swcrc ./
COPY apps apps
COPY libs libs
COPY projections projections
# The build compiles four folders; of test/ nothing goes into the image.
RUN mkdir test && npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY libs/client/package.json libs/client/
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
# Owned by root and read by `node`: what runs cannot change what it runs.
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist/apps dist/apps
COPY --from=build /app/dist/libs dist/libs
COPY --from=build /app/dist/projections dist/projections
COPY package.json ./
RUN install -d -o node -g node /data
USER node
EXPOSE 3000
WORKDIR /app/dist
ENTRYPOINT ["node"]
CMD ["apps/api/main.js"]
