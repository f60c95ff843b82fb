"""
A client that follows the change feed over HTTP: `python -m tests.faults.api_reader …`.

It keeps a journal, a line for each event, and begins behind its last line. Events and the place up
to which was read are one write, so a reader that dies has stored both or neither.
"""

import random
import sys
import time
from pathlib import Path

from tests.faults.callers import API, ApiCaller
from tests.faults.journals import append, read
from tests.faults.processes import READY

PAGE = 20


def main() -> None:
    """Read page after page; with `to_the_end`, stop at an empty one."""
    url, token, journal, to_the_end = sys.argv[1:]
    caller = ApiCaller(url, token)
    cursor = (read(Path(journal)) or [("", "")])[-1][0]
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    while True:
        reply = caller.get(f"{API}/events?size={PAGE}" + (f"&after={cursor}" if cursor else ""))
        assert reply.status == 200, reply
        events = reply.body["items"]
        if not events and to_the_end == "True":
            return
        # Time to die in, between reading and storing.
        time.sleep(random.uniform(0, 0.01))
        append(journal, "".join(f"{event['cursor']} {event['id']}\n" for event in events))
        cursor = (events and events[-1]["cursor"]) or cursor


if __name__ == "__main__":
    main()
