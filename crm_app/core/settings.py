"""What the operator decides, read from the environment once. Nobody else reads it."""

import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

UPLOAD_LIMIT = 25_000_000  # bytes of one file
RATES_LIMIT = 10_000_000  # bytes of a file of exchange rates


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
    trusted_proxies: str
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
    """The key in the data folder, made at the first call; readable by its owner only."""
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass  # another worker was first
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


@cache
def settings() -> Settings:
    """The settings of this process. `settings.cache_clear()` reads them again (tests)."""
    env = os.environ
    data_dir = Path(env.get("CRM_DATA_DIR", "data")).absolute()
    url = env.get("CRM_DATABASE_URL") or f"sqlite:///{data_dir / 'crm.db'}"
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.partition("://")[2]
    return Settings(
        data_dir=data_dir,
        database_url=url,
        redis_url=env.get("CRM_REDIS_URL", ""),
        public_url=env.get("CRM_PUBLIC_URL", "").rstrip("/"),
        secret_key=env.get("CRM_SECRET_KEY") or _secret(data_dir),
        workers=int(env.get("CRM_WORKERS", "1")),
        log_format=env.get("CRM_LOG", "text"),
        smtp_url=env.get("CRM_SMTP_URL", ""),
        trusted_proxies=env.get("CRM_TRUSTED_PROXIES", "127.0.0.1"),
        events_per_second=int(env.get("CRM_EVENTS_PER_SECOND", "60")),
    )
