"""What the operator decides, read from the environment once. Nobody else reads it."""

import ipaddress
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

UPLOAD_LIMIT = 25_000_000  # bytes of one file
LEAST_KEY = 16  # characters of a CRM_SECRET_KEY that keeps a secret
ROWS_LIMIT = 10_000_000  # bytes of a file of exchange rates or of counted stock


class Misconfigured(Exception):
    """A variable of the environment says what cannot be; its sentence names it."""


@dataclass(frozen=True)
class Settings:
    """The environment of this process; see the README's table of variables."""

    data_dir: Path
    database_url: str
    redis_url: str
    public_url: str
    secret_key: str
    workers: int
    log_format: str
    smtp_url: str
    trusted_proxies: tuple[str, ...]
    events_per_second: int

    @property
    def files_dir(self) -> Path:
        """Attachments by content hash; outside every folder that is served."""
        return self.data_dir / "files"

    @property
    def backups_dir(self) -> Path:
        """Copies of the database taken before a migration."""
        return self.data_dir / "backups"


def _secret(data_dir: Path) -> str:
    """The key in the data folder, made at the first call; readable by its owner only, and never half-written."""
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = data_dir / f".secret-{os.getpid()}-{secrets.token_hex(4)}"
        descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            with suppress(FileExistsError):  # another worker was first
                os.link(mine, path)
        finally:
            mine.unlink()
    key = path.read_text().strip()
    if not key:
        raise Misconfigured(f"{path} is empty. Put its copy back, or remove it: a new one signs everybody out.")
    return key


def _number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not int(text):
        raise Misconfigured(f"{name} is {text[:40]!r}; it must be a number from 1.")
    return int(text)


def _database_url(data_dir: Path) -> str:
    """SQLAlchemy's URL. A file of SQLite stands in it with its whole path: the server works in another folder than it was started in."""
    url = os.environ.get("CRM_DATABASE_URL") or f"sqlite:///{data_dir / 'crm.db'}"
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.partition("://")[2]
    kind, _, place = url.partition(":///")
    file, mark, options = place.partition("?")
    if kind == "sqlite" and file and file != ":memory:":
        return f"sqlite:///{Path(file).absolute()}{mark}{options}"
    try:
        known_here = url.startswith("postgresql+psycopg://") and urlsplit(url).port != 0
    except ValueError:
        known_here = False
    if not known_here:
        known = "sqlite:////folder/crm.db or postgresql://user:password@host/database"
        raise Misconfigured(f"CRM_DATABASE_URL names no database that is known here. Write it as {known}.")
    return url


def _redis_url() -> str:
    url = os.environ.get("CRM_REDIS_URL", "")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise Misconfigured("CRM_REDIS_URL names no Redis. Write it as redis://host:6379/0.")
    return url


def _public_url() -> str:
    url = os.environ.get("CRM_PUBLIC_URL", "").rstrip("/")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound or url != f"{parts.scheme}://{parts.netloc}" or not url.isprintable() or " " in url:
        raise Misconfigured(f"CRM_PUBLIC_URL is {url[:80]!r}; write it as https://crm.example.com, without a path.")
    return url


def _trusted_proxies() -> tuple[str, ...]:
    """Names are refused: they would never be looked up, and what the proxy says would be overlooked in silence."""
    text = os.environ.get("CRM_TRUSTED_PROXIES") or "127.0.0.1"
    found = tuple(name for part in text.split(",") if (name := part.strip()))
    for name in () if found == ("*",) else found:
        try:
            ipaddress.ip_network(name)
        except ValueError:
            wanted = "addresses and networks, such as 10.0.0.7 or 172.16.0.0/12, parted by commas, or * for every one"
            raise Misconfigured(f"CRM_TRUSTED_PROXIES names {name[:60]!r}; write {wanted}.") from None
    return found


@cache
def settings() -> Settings:
    """The settings of this process. Raises Misconfigured. `settings.cache_clear()` reads them again (tests)."""
    env = os.environ
    data_dir = Path(env.get("CRM_DATA_DIR") or "data").absolute()
    log_format = env.get("CRM_LOG") or "text"
    if log_format not in ("text", "json"):
        raise Misconfigured(f"CRM_LOG is {log_format[:40]!r}; it must be text or json.")
    return Settings(
        data_dir=data_dir,
        database_url=_database_url(data_dir),
        redis_url=_redis_url(),
        public_url=_public_url(),
        secret_key=env.get("CRM_SECRET_KEY") or _secret(data_dir),
        workers=_number("CRM_WORKERS", 1),
        log_format=log_format,
        smtp_url=env.get("CRM_SMTP_URL", ""),
        trusted_proxies=_trusted_proxies(),
        events_per_second=_number("CRM_EVENTS_PER_SECOND", 60),
    )
