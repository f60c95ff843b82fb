"""What the audit says of support requests and of the staff's look-up."""

from django.utils.translation import gettext_lazy

from portal.audit_words import Group, Words

WORDS = {
    "support.submit_request": Words(Group.REQUESTS, gettext_lazy("Submit a request")),
    "support.add_note": Words(Group.REQUESTS, gettext_lazy("Add a note to a request")),
    "support.change_state": Words(Group.REQUESTS, gettext_lazy("Change the state of a request")),
    "support.close_request": Words(Group.REQUESTS, gettext_lazy("Close a request")),
    "support.reopen_request": Words(Group.REQUESTS, gettext_lazy("Reopen a request")),
    "support.look_up": Words(Group.LOOK_UPS, gettext_lazy("Look something up")),
}
