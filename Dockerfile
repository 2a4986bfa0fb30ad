# Two images: `keycloak` is the official one with our extension built in, `app` runs provisioning, the watch, the sidecar's parts and mail.
# docker-compose.yml puts them together; tests/deploy holds both files to the code.

FROM maven:3.9.9-eclipse-temurin-17 AS extension
WORKDIR /build
COPY keycloak-extension keycloak-extension
COPY realm-config/themes realm-config/themes
RUN mvn -q -B -f keycloak-extension/pom.xml package


FROM keycloak/keycloak:26.7.5 AS keycloak
COPY --from=extension /build/keycloak-extension/target/aikom-keycloak-extension.jar /opt/keycloak/providers/
ENV KC_DB=postgres KC_HEALTH_ENABLED=true
RUN /opt/keycloak/bin/kc.sh build
COPY deploy/keycloak.sh deploy/keycloak-ready.sh /opt/aikom/
USER 1000
ENTRYPOINT ["bash", "/opt/aikom/keycloak.sh"]


FROM python:3.11.11-slim-bookworm AS app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY provisioning provisioning
COPY sidecar sidecar
RUN pip install --no-cache-dir --disable-pip-version-check --no-build-isolation --no-deps .
COPY deploy/make_secrets.py deploy/earlier_signing_key.py deploy/setup.sh deploy/upgrade.sh deploy/
# New volumes take over the owner of the folder they are mounted on, so no container has to run as root.
RUN useradd --uid 10001 --home-dir /app --shell /usr/sbin/nologin aikom \
    && mkdir -p .aikom/mail checkpoints \
                /secrets/roles /secrets/database /secrets/keycloak /secrets/setup /secrets/provisioning /secrets/watch \
                /secrets/public /secrets/portal /secrets/desk /secrets/gate /secrets/sandbox \
                /secrets/account /secrets/account-sandbox /secrets/checkpoints /secrets/published \
    && chown -R aikom:aikom .aikom checkpoints /secrets
USER 10001
CMD ["provision", "--help"]
