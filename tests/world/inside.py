"""
Call a function inside a process of the portal, with its settings and its database.

`python -m tests.world.inside package.module:function '{"name": "value"}'` prints what the function
returns as JSON, on the last line.
"""

import importlib
import json
import sys

import django


def main() -> None:
    """Set Django up before the function's module, which may import models, is imported."""
    place, arguments = sys.argv[1:]
    module, name = place.split(":")
    django.setup()
    function = getattr(importlib.import_module(module), name)
    sys.stdout.write(f"{json.dumps(function(**json.loads(arguments)))}\n")


if __name__ == "__main__":
    main()
