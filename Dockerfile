# A service over the snapshot that is built into the image; see docs/deploy.md.
FROM node:24-slim AS pages
WORKDIR /comity/web
COPY web .
RUN npm ci --ignore-scripts --no-audit --no-fund && npm run build

FROM python:3.13-slim AS build
WORKDIR /comity
COPY . .
COPY --from=pages /comity/api/kg_api/static api/kg_api/static
RUN python -m venv /srv/comity \
    && /srv/comity/bin/pip install --no-cache-dir -c constraints.txt . \
    && KG_PROJECT=/comity KG_SNAPSHOTS=/var/lib/comity /srv/comity/bin/kg build

FROM python:3.13-slim
# the letters of pictures, Latin and Japanese
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-dejavu-core fonts-ipaexfont-gothic \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home comity
COPY --from=build /srv/comity /srv/comity
COPY --from=build /var/lib/comity /var/lib/comity
ENV PATH=/srv/comity/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    KG_SNAPSHOTS=/var/lib/comity \
    KG_HOST=0.0.0.0 \
    KG_PORT=8000
# by number, which orchestrators can see is not root
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"KG_PORT\"]}/healthz', timeout=4)"]
CMD ["kg", "serve"]
