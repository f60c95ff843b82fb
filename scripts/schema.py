"""Write the description of the API to docs/openapi.json; a test holds it to the code."""

import json
import os

import django

from scripts.checks import ROOT, TEST_ENVIRONMENT


def main() -> None:
    """Write the file."""
    os.environ.update(TEST_ENVIRONMENT)
    django.setup()
    # The apps can be imported only after the set-up.
    from portal.rest.schema import description  # noqa: PLC0415

    path = ROOT / "docs" / "openapi.json"
    path.write_text(json.dumps(description(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
