"""
Start the portal: `python -m scripts.run`, which is what `make run` calls.

`--dev` starts Django's reloading server instead; `--fresh` reloads the demo world and stops.
"""

import argparse
import errno
import ipaddress
import os
import re
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections

from partnercenter.environment import env_int, env_text
from scripts import env_file

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
LARGEST_PORT = 65535
# Memory instead of a disk that may be busy: gunicorn would take a worker that waits for dead.
WORKER_FOLDER = Path("/dev/shm")  # noqa: S108 - the worker's own unlinked file, no fixed name
GRACEFUL_SECONDS = 20


def main() -> int:
    """Prepare and start; return 1 after one clear sentence, 0 when stopped on the way."""
    options = _options()
    signal.signal(signal.SIGTERM, _stop)
    os.chdir(ROOT)
    try:
        prepare_environment(dev=options.dev)
        host, port = host_from_environment(), port_from_environment()
        if not options.fresh:
            require_free_port(host=host, port=port)
        allow_host(host)
        prepare_portal(dev=options.dev, fresh=options.fresh)
        if options.fresh:
            return 0
        serve(host=host, port=port, dev=options.dev)
    except (ImproperlyConfigured, CommandError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except DatabaseError as error:
        print(f"The database did not take part: {str(error).strip()}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def prepare_environment(*, dev: bool) -> None:
    """Fill the environment from .env, which is written first where nothing is configured yet."""
    # A SECRET_KEY in the environment means: configured by hand. A .env would make it a demo.
    if "SECRET_KEY" not in os.environ and env_file.create(ENV_FILE):
        print("Wrote .env with a new SECRET_KEY and DEMO=True.", flush=True)
    if ENV_FILE.exists():
        env_file.load(ENV_FILE)
    if dev:
        os.environ.update(DEBUG="True", HTTPS="False")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnercenter.settings")


def host_from_environment() -> str:
    """Return HOST, a name or an address; anything else is an error."""
    host = env_text("HOST", default="127.0.0.1").removeprefix("[").removesuffix("]")
    if _is_address(host) or HOST_NAME.fullmatch(host):
        return host
    raise ImproperlyConfigured(f"HOST must be a host name or an address, not {host!r}.")


def port_from_environment() -> int:
    """Return PORT, from 1 to 65535; anything else is an error."""
    port = env_int("PORT", default=8000, least=1)
    if port > LARGEST_PORT:
        raise ImproperlyConfigured(f"PORT must be at most {LARGEST_PORT}, not {port}.")
    return port


def require_free_port(*, host: str, port: int) -> None:
    """Refuse to start where the address cannot be listened on, saying what to do about it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"port {port} is taken. Use another one: PORT={port + 1} make run"
        elif error.errno == errno.EACCES:
            reason = f"port {port} needs special rights. Use one above 1023: PORT=8000 make run"
        else:
            reason = f"{error.strerror}. HOST must be an address of this machine"
        raise ImproperlyConfigured(
            f"The portal cannot listen on {bracketed(host)}:{port}: {reason}."
        ) from None


def allow_host(host: str) -> None:
    """Let the portal answer under a HOST of the user's choice, unless ALLOWED_HOSTS decides."""
    if host not in LOCAL_HOSTS:
        hosts = ",".join(bracketed(name) for name in (*LOCAL_HOSTS, host))
        os.environ.setdefault("ALLOWED_HOSTS", hosts)


def prepare_portal(*, dev: bool, fresh: bool) -> None:
    """Bring database, static files and demo world to where a start can rely on them."""
    django.setup()
    if fresh:
        _delete_demo_database()
    call_command("migrate", verbosity=0, interactive=False, skip_checks=False)
    if not dev and not fresh:
        call_command("collectstatic", verbosity=0, interactive=False)
    if settings.DEMO:
        call_command("load_demo")
        call_command("load_demo", "--accounts")
    connections.close_all()
    sys.stdout.flush()


def _delete_demo_database() -> None:
    """Delete the demo's SQLite file; refuse for anything that could be more than a demo."""
    if not settings.DEMO:
        raise CommandError("make demo deletes the database, so it needs DEMO=True.")
    database: dict[str, Any] = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        raise CommandError(
            "make demo deletes SQLite files only. Make a new, empty PostgreSQL database, "
            "name it in DATABASE_URL, and `make run` loads the demo world there."
        )
    path = Path(database["NAME"])
    print(f"Deleting {path} and loading the demo world afresh ...", flush=True)
    for suffix in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def serve(*, host: str, port: int, dev: bool) -> NoReturn:
    """Become the server."""
    command = server_command(host=host, port=port, dev=dev)
    front = " for the HTTPS proxy in front of it" if settings.HTTPS else ""
    print(
        f"\nThe portal runs at http://{bracketed(host)}:{port}{front}. Ctrl-C stops it.", flush=True
    )
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - no shell is wanted


def server_command(*, host: str, port: int, dev: bool) -> list[str]:
    """Return what Python is to run: gunicorn, or Django's own server for development."""
    address = f"{bracketed(host)}:{port}"
    if dev:
        return ["manage.py", "runserver", address]
    folder = ["--worker-tmp-dir", str(WORKER_FOLDER)] if WORKER_FOLDER.is_dir() else []
    return [
        *("-m", "gunicorn", "partnercenter.wsgi:application"),
        *("--bind", address, "--worker-class", "gthread"),
        *("--workers", str(env_int("WEB_CONCURRENCY", default=2, least=1))),
        *("--threads", str(env_int("WEB_THREADS", default=4, least=1))),
        *("--graceful-timeout", str(GRACEFUL_SECONDS), "--log-level", "warning"),
        # Nothing administers a running server, so no socket under the home directory either.
        "--no-control-socket",
        *folder,
    ]


def bracketed(host: str) -> str:
    """Return the host as it stands in an address: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Start the portal.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--dev", action="store_true", help="Django's reloading server, DEBUG on")
    mode.add_argument("--fresh", action="store_true", help="reload the demo world and stop")
    return parser.parse_args()


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Leave quietly when told to stop before the server has taken over."""
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
