"""Work that outlives the request that asked for it: a command in a process of its own."""

import os
import subprocess
import sys
import threading

from django.conf import settings


def start_command(name: str) -> None:
    """
    Start `manage.py name` apart from this process; call it after the commit that leaves its work.

    It may take its time, as commands do. Should it not start or be stopped, the work is still
    there: whoever runs the command next finds it.
    """
    environment = {key: value for key, value in os.environ.items() if key != "WEB_TIMEOUTS"}
    process = subprocess.Popen(  # noqa: S603 - the portal's own command, and nothing of a request
        [sys.executable, str(settings.BASE_DIR / "manage.py"), name],
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Somebody has to ask for its end, or it stays among the processes as a dead one.
    threading.Thread(target=process.wait, daemon=True).start()
