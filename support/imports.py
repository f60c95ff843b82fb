"""What can be imported, in the order in which an empty portal is filled."""

from benefits.services.importing import YearKind
from partners.services.imports.kinds import Kind
from partners.services.imports.partners import PartnerKind
from partners.services.imports.roles import RoleKind
from partners.services.imports.users import UserKind

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (PartnerKind(), YearKind(), UserKind(), RoleKind())
}
