"""Where this installation's parts are. Owns the environment variables; holds no policy (that is `realm-config/`).

Values come from the environment; what is not set there from `.aikom/stack.env`, which `provision stack up` writes.
A secret may be given as `NAME` or, better, as `NAME_FILE` with the path of a file that holds it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from provisioning.model.errors import AikomError, ExitCode
from provisioning.model.secret import Secret

STACK_ENV: Final = Path(".aikom") / "stack.env"

VARIABLES: Final[Mapping[str, str]] = {
    "AIKOM_KEYCLOAK_URL": "base address of Keycloak as this process reaches it, such as http://127.0.0.1:8080",
    "AIKOM_KEYCLOAK_PUBLIC_URL": "base address of Keycloak as browsers reach it; the same when not set",
    "AIKOM_REALM": "name of the realm; aikom when not set",
    "AIKOM_PROVISIONING_CLIENT": "client id of the provisioning service account; provisioning when not set",
    "AIKOM_PROVISIONING_SECRET": "its secret",
    "AIKOM_SIDECAR_SECRET": "secret of the OAuth client `sidecar`",
    "AIKOM_PUBLIC_ACCOUNT_SECRET": "secret of the narrow account `aikom-public`, which may end a leaked API key",
    "AIKOM_PORTAL_ACCOUNT_SECRET": "secret of `aikom-portal`: API keys of who is signed in, by the door",
    "AIKOM_DESK_ACCOUNT_SECRET": "secret of the narrow account `aikom-desk`: ends sessions, lifts waits",
    "AIKOM_PARTS": "parts that this process serves, with commas: public, portal, desk, gate, sandbox; all when not set",
    "AIKOM_SIDECAR_URL": "address of the sidecar as browsers reach it",
    "AIKOM_PUBLIC_URL": "address of the public part where it has one of its own; AIKOM_SIDECAR_URL when not set",
    "AIKOM_PORTAL_URL": "address of the portal where it has one of its own; AIKOM_SIDECAR_URL when not set",
    "AIKOM_DESK_URL": "address of the desk where it has one of its own; AIKOM_SIDECAR_URL when not set",
    "AIKOM_SIDECAR_INSIDE_URL": "address of the sidecar as Keycloak reaches it; the same when not set",
    "AIKOM_SESSION_SECRET": "key that signs the sidecar's session cookies, 32 bytes or more",
    "AIKOM_GATE_SECRET": "what the central database's proxy shows to the gate; without it and a socket there is none",
    "AIKOM_GATE_SOCKET": "Unix socket on which a gate node listens; who may write to it may ask without the secret",
    "AIKOM_GATE_SIGNING_KEY": "private key (PEM, P-256) that signs the gate's decisions; not signed without it",
    "AIKOM_CENTRAL_DB_URL": "public address of the central database, which DPoP proofs name; no bound token without it",
    "AIKOM_TRUSTED_PROXIES": "how many reverse proxies in front of the sidecar it believes; 0 when not set",
    "AIKOM_DATABASE_URL": "SQLAlchemy URL of the ledger: sqlite:///file or postgresql+psycopg://user@host/name",
    "AIKOM_SMTP_URL": "mail server: smtp://host:port, smtp+starttls://user@host:port or smtps://user@host:port",
    "AIKOM_SMTP_PASSWORD": "password for the mail server, when it wants one",
    "AIKOM_CHECKPOINT_TO": "where the ledger's checkpoints are kept: see `ledger checkpoint --to`; or several places",
    "AIKOM_CHECKPOINT_KEY": "file of the key that signs them, or of its public half where they are only compared",
    "AIKOM_SIGNING_KEY": "key that signs the public list and conclusions: 32 random bytes in base64url",
    "AIKOM_SIGNING_KEYS_BEFORE": "JWKS of earlier signing keys, public parts only, as long as they are to be published",
    "AIKOM_EMBED_ORIGINS": "origins of sites that may show the public list in a frame, with spaces; none when not set",
    "AIKOM_LOOPBACK_OIS_HOSTS": "host names of OIS that may lead to this machine, with commas; for rehearsals only",
    "AIKOM_SANDBOX_REALM": "name of the sandbox's realm; aikom-sandbox when not set",
    "AIKOM_SANDBOX_SECRET": "secret of the provisioning service account in the sandbox's realm",
    "AIKOM_SANDBOX_DATABASE_URL": "SQLAlchemy URL of the sandbox's own ledger; without both there is no sandbox",
    "AIKOM_SANDBOX_STOP_SECONDS": "how soon after a cut-off an OIS stops in a self-test, 5 to 60; 60 when not set",
    "AIKOM_CONFIG": "folder with the configuration; realm-config when not set",
}

_MAIL_PORTS: Final[Mapping[str, int]] = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}

_DEFAULTS: Final[Mapping[str, str]] = {
    "AIKOM_REALM": "aikom",
    "AIKOM_PROVISIONING_CLIENT": "provisioning",
    "AIKOM_CONFIG": "realm-config",
    "AIKOM_SANDBOX_REALM": "aikom-sandbox",
}

PROVISIONING: Final = ("AIKOM_PROVISIONING_SECRET", "AIKOM_SMTP_PASSWORD")
"""What `provision` alone uses; no process that answers requests holds it."""

STOP_S: Final = 60
"""An OIS stops within a minute after a cut-off. Source: requirements.yaml."""

_LEAST_STOP_S: Final = 5

_SANDBOX_SHARES: Final = (
    "AIKOM_KEYCLOAK_URL",
    "AIKOM_KEYCLOAK_PUBLIC_URL",
    "AIKOM_PROVISIONING_CLIENT",
    "AIKOM_SIDECAR_URL",
    "AIKOM_PUBLIC_URL",
    "AIKOM_SMTP_URL",
    "AIKOM_CONFIG",
)
"""What the sandbox has in common with the real installation: addresses and policies, nothing that opens anything."""


class SettingsError(AikomError):
    """A setting is missing or cannot be read."""

    exit_code = ExitCode.UNREACHABLE


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server to hand mail to. `tls` from the first byte, `starttls` after it; `user` None for no login."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str | None
    password: Secret | None


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings by name, secrets wrapped. Missing ones raise when asked for, with the remedy."""

    values: Mapping[str, str]

    def get(self, name: str) -> str | None:
        """Return the value of a variable of `VARIABLES`, or None."""
        if name not in VARIABLES:
            raise KeyError(name)
        return self.values.get(name)

    def require(self, name: str) -> str:
        """Return the value of a variable; raises SettingsError when there is none."""
        value = self.get(name)
        if value is None:
            raise SettingsError(
                f"{name} is not set ({VARIABLES[name]})",
                remedy=f"run `make up` for the embedded parts, or set {name}",
            )
        return value

    def without(self, names: Collection[str]) -> Settings:
        """Return the settings but for these."""
        return Settings({name: value for name, value in self.values.items() if name not in names})

    def secret(self, name: str) -> Secret:
        """Return a secret variable, wrapped; raises SettingsError when there is none."""
        return Secret(self.require(name))

    @property
    def keycloak_url(self) -> str:
        return self.require("AIKOM_KEYCLOAK_URL").rstrip("/")

    @property
    def keycloak_public_url(self) -> str:
        return (self.get("AIKOM_KEYCLOAK_PUBLIC_URL") or self.keycloak_url).rstrip("/")

    @property
    def realm(self) -> str:
        return self.require("AIKOM_REALM")

    @property
    def sidecar_url(self) -> str:
        return self.require("AIKOM_SIDECAR_URL").rstrip("/")

    @property
    def public_url(self) -> str:
        return (self.get("AIKOM_PUBLIC_URL") or self.sidecar_url).rstrip("/")

    @property
    def portal_url(self) -> str:
        return (self.get("AIKOM_PORTAL_URL") or self.sidecar_url).rstrip("/")

    @property
    def desk_url(self) -> str:
        return (self.get("AIKOM_DESK_URL") or self.sidecar_url).rstrip("/")

    @property
    def sidecar_inside_url(self) -> str:
        return (self.get("AIKOM_SIDECAR_INSIDE_URL") or self.sidecar_url).rstrip("/")

    @property
    def database_url(self) -> str:
        return self.require("AIKOM_DATABASE_URL")

    @property
    def mail_server(self) -> MailServer:
        """AIKOM_SMTP_URL and AIKOM_SMTP_PASSWORD, parsed. Raises SettingsError."""
        text = self.require("AIKOM_SMTP_URL")
        url = urlsplit(text)
        if url.scheme not in _MAIL_PORTS or not url.hostname or url.password:
            raise SettingsError(
                "AIKOM_SMTP_URL is not the address of a mail server",
                remedy="write smtp://host:port, smtp+starttls://user@host or smtps://user@host; password apart",
            )
        password = self.get("AIKOM_SMTP_PASSWORD")
        return MailServer(
            url.hostname,
            url.port or _MAIL_PORTS[url.scheme],
            url.scheme == "smtps",
            url.scheme == "smtp+starttls",
            unquote(url.username) if url.username else None,
            Secret(password) if password else None,
        )

    @property
    def has_sandbox(self) -> bool:
        return bool(self.get("AIKOM_SANDBOX_SECRET") and self.get("AIKOM_SANDBOX_DATABASE_URL"))

    @property
    def config_dir(self) -> Path:
        return Path(self.require("AIKOM_CONFIG"))


def load_settings(environ: Mapping[str, str] | None = None, stack_env: Path = STACK_ENV) -> Settings:
    """Read the settings: environment first, then the embedded stack's file, then defaults.

    Raises SettingsError when a `*_FILE` cannot be read.
    """
    env = os.environ if environ is None else environ
    from_stack = parse_env_file(stack_env) if stack_env.is_file() else {}
    values: dict[str, str] = {}
    for name in VARIABLES:
        value = _from_environment(env, name) or from_stack.get(name) or _DEFAULTS.get(name)
        if value:
            values[name] = value
    return Settings(values)


def sandbox_settings(settings: Settings) -> Settings:
    """Return the settings of the sandbox: an installation of its own in the same Keycloak, with another realm and
    ledger.

    Whatever works on the sandbox is given these and nothing else, so it holds no secret of the real one.

    Raises SettingsError when there is no sandbox, or when it would share realm or ledger with the real installation.
    """
    secret, database = settings.require("AIKOM_SANDBOX_SECRET"), settings.require("AIKOM_SANDBOX_DATABASE_URL")
    realm = settings.require("AIKOM_SANDBOX_REALM")
    if realm == settings.realm or database == settings.get("AIKOM_DATABASE_URL"):
        raise SettingsError(
            "the sandbox has the realm or the ledger of the real installation",
            remedy="give AIKOM_SANDBOX_REALM and AIKOM_SANDBOX_DATABASE_URL values of their own",
        )
    own = {
        "AIKOM_REALM": realm,
        "AIKOM_PROVISIONING_SECRET": secret,
        "AIKOM_DATABASE_URL": database,
        # Nobody logs in there; the client exists because realms are alike, and nobody knows its secret.
        "AIKOM_SIDECAR_SECRET": hashlib.sha256(f"sidecar of the sandbox {secret}".encode()).hexdigest(),
    }
    return Settings({name: settings.values[name] for name in _SANDBOX_SHARES if name in settings.values} | own)


def central_db_url(settings: Settings) -> str | None:
    """Return the public address of the central database without a path, None when not set. Raises SettingsError.

    Proofs name the whole address that a client calls, and the proxy hands the path on as it came.
    """
    text = settings.get("AIKOM_CENTRAL_DB_URL")
    if text is None:
        return None
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise SettingsError(
            f"AIKOM_CENTRAL_DB_URL is {text!r}",
            remedy="set it to scheme and host as clients call them, such as https://database.example.ua",
        )
    return text.rstrip("/")


def stop_within_s(settings: Settings) -> int:
    """Return how soon after a cut-off an OIS has stopped, in seconds: 5 to 60. Raises SettingsError."""
    text = settings.get("AIKOM_SANDBOX_STOP_SECONDS") or str(STOP_S)
    if not (text.isascii() and text.isdigit() and _LEAST_STOP_S <= int(text) <= STOP_S):
        raise SettingsError(
            f"AIKOM_SANDBOX_STOP_SECONDS is {text!r}",
            remedy=f"set it to a number of {_LEAST_STOP_S} to {STOP_S}; less than {STOP_S} is for rehearsals",
        )
    return int(text)


def parse_env_file(path: Path) -> dict[str, str]:
    """Parse `KEY=VALUE` lines into a dict; blank lines and `#` comments are passed over."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#") and "=" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _from_environment(env: Mapping[str, str], name: str) -> str | None:
    file = env.get(f"{name}_FILE")
    if not file:
        return env.get(name)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(
            f"{name}_FILE names {file}, which cannot be read", remedy="give the path of a readable file"
        ) from error
