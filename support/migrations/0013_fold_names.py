"""Installed names as they are compared now: in one form and width, with every kind of i as one."""

import re
import unicodedata
from itertools import islice

from django.db import migrations

AT_ONCE = 500
# App, model, the name, its folded copy.
NAMES = [
    ("partners", "Partner", "name", "name_folded"),
    ("partners", "User", "name", "name_folded"),
    ("partners", "Customer", "name", "name_folded"),
    ("partners", "Affiliation", "known_as", "known_as_folded"),
]


def fold(text):
    """A copy on purpose: this migration must keep meaning the same when the code moves on."""
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(
        " " if char < " " else char
        for char in plain
        if unicodedata.category(char) not in ("Cf", "Cs")
    )
    folded = re.sub("i\u0307|\u0131", "i", seen.casefold())
    return " ".join(unicodedata.normalize("NFKC", folded).split())[:240]


def fold_names(apps, schema_editor):
    """Write the copies that differ; names are read by key, some at once, for there are many."""
    for app, model, name, folded in NAMES:
        rows = apps.get_model(app, model).objects.using(schema_editor.connection.alias)
        read = rows.order_by("pk").only(name, folded).iterator(chunk_size=AT_ONCE)
        differing = (row for row in read if getattr(row, folded) != fold(getattr(row, name)))
        while some := list(islice(differing, AT_ONCE)):
            for row in some:
                setattr(row, folded, fold(getattr(row, name)))
            rows.bulk_update(some, [folded])


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0004_known_as"),
        ("support", "0012_customer_requests"),
    ]

    operations = [migrations.RunPython(fold_names, migrations.RunPython.noop)]
