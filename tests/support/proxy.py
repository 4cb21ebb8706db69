"""A tiny reverse proxy with TLS, as an operator would put in front: it ends TLS, says so in headers and passes everything on."""

import asyncio
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.net import free_port

OURS = (b"x-forwarded-for:", b"x-forwarded-proto:", b"connection:")


@dataclass(frozen=True)
class Proxy:
    """Where it is reached, and what its clients must trust."""

    url: str
    certificate: Path

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.certificate)


@contextmanager
def proxy(folder: Path, target: str) -> Iterator[Proxy]:
    """Pass what comes to an own port on 127.0.0.1 on to that server."""
    certificate, key = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    port, back = free_port(), int(target.rpartition(":")[2])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opening = asyncio.start_server(lambda one, two: _serve(back, one, two), "127.0.0.1", port, ssl=context)
    server = asyncio.run_coroutine_threadsafe(opening, loop).result(60)
    try:
        yield Proxy(f"https://127.0.0.1:{port}", certificate)
    finally:
        asyncio.run_coroutine_threadsafe(_hang_up(server), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _hang_up(server: asyncio.Server) -> None:
    server.close()
    open_still = asyncio.all_tasks() - {asyncio.current_task()}
    for task in open_still:
        task.cancel()
    await asyncio.gather(*open_still, return_exceptions=True)


async def _serve(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection is one request, or one websocket for as long as it lives."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        behind = await asyncio.open_connection("127.0.0.1", port)
        behind[1].write(_told(head, writer.get_extra_info("peername")[0]))
        await asyncio.gather(_pass_on(reader, behind[1]), _pass_on(behind[0], writer))
    except (OSError, asyncio.IncompleteReadError):
        writer.close()


def _told(head: bytes, client: str) -> bytes:
    """The head with what a proxy adds; a client's own claims go."""
    lines = head.rstrip(b"\r\n").split(b"\r\n")
    upgrade = any(line.lower().startswith(b"upgrade:") for line in lines)
    kept = [line for line in lines if not line.lower().startswith(OURS)]
    added = [f"X-Forwarded-For: {client}".encode(), b"X-Forwarded-Proto: https"]
    return b"\r\n".join([*kept, *added, b"Connection: " + (b"Upgrade" if upgrade else b"close")]) + b"\r\n\r\n"


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    files = folder / "proxy.pem", folder / "proxy.key"
    files[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return files
