"""The database itself refuses to change or delete a row of LedgerEntry."""

from django.db import migrations

from portal.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("benefits", "0001_initial")]

    operations = [AppendOnly("LedgerEntry")]
