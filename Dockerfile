# The site in a container: docker build -t evidence-kb .
# A tag can move. To pin the base for good, add the digest that this prints to both FROM lines, as in @sha256:...:
#   docker buildx imagetools inspect python:3.11.13-slim-bookworm
FROM python:3.11.13-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/kb
COPY pyproject.toml README.md LICENSE metadata.yml ./
COPY deploy/constraints.txt deploy/constraints.txt
COPY corpus corpus
COPY ingest ingest
COPY index index
COPY kb kb
RUN /opt/kb/bin/pip install --no-cache-dir --disable-pip-version-check --constraint deploy/constraints.txt . \
 && /opt/kb/bin/pip uninstall --yes pip setuptools \
 && /opt/kb/bin/python -m compileall -q /opt/kb/lib

FROM python:3.11.13-slim-bookworm
COPY --from=build /opt/kb /opt/kb
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin kb \
 && mkdir /data && chown kb:kb /data
ENV PATH=/opt/kb/bin:$PATH \
    KB_DB=/data/current/evidence.db \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME /data
EXPOSE 8001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8001/-/health', timeout=4)"]
ENTRYPOINT ["kb"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8001"]
