"""The entitlement rule over every combination of kind, level and competencies."""

import pytest

from benefits.allotments import COMPETENCIES, Level, MembershipKind, terms_for

CLOUD = (
    "Cloud Platform",
    "Cloud Business Applications",
    "Cloud Productivity",
    "Enterprise Mobility Management",
    "Security",
    "Small and Midmarket Cloud Solutions",
)
OTHER = (
    "Application Development",
    "Application Integration",
    "DevOps",
    "Datacenter",
    "Enterprise Resource Planning",
    "Project and Portfolio Management",
    "Data Analytics",
    "Data Platform",
    "Collaboration and Content",
    "Communications",
    "Messaging",
    "Windows and Devices",
)

# Benefit, scope, unit, allotment (None: unlimited), name, needs activation.
ACTION_PACK = [
    (
        "MICROSOFT_PRODUCT_SUPPORT",
        "ON_PREMISES",
        "INCIDENT",
        10,
        "Partner support MAPS 10pack",
        True,
    ),
    ("TPD_ADVISORY", None, "HOUR", 5, "Technical presales and deployment", False),
]
SILVER_HYBRID = [
    (
        "MICROSOFT_PRODUCT_SUPPORT",
        "ON_PREMISES",
        "INCIDENT",
        15,
        "Partner support Silver 15pack",
        True,
    ),
    ("SIGNATURE_CLOUD_SUPPORT", "CLOUD", "INCIDENT", 5, "Signature 5-pack", True),
    ("TPD_ADVISORY", None, "HOUR", 20, "Technical presales and deployment", False),
]
SILVER_CLOUD = [
    (
        "MICROSOFT_PRODUCT_SUPPORT",
        "ON_PREMISES",
        "INCIDENT",
        15,
        "Partner support Silver 15pack",
        True,
    ),
    ("SIGNATURE_CLOUD_SUPPORT", "CLOUD", "INCIDENT", None, "Signature Cloud Support", True),
    ("TPD_ADVISORY", None, "HOUR", 20, "Technical presales and deployment", False),
]
GOLD_HYBRID = [
    (
        "MICROSOFT_PRODUCT_SUPPORT",
        "ON_PREMISES",
        "INCIDENT",
        20,
        "Partner support Gold 20pack",
        True,
    ),
    ("SIGNATURE_CLOUD_SUPPORT", "CLOUD", "INCIDENT", 10, "Signature 10-pack", True),
    ("TPD_ADVISORY", None, "HOUR", 50, "Technical presales and deployment", False),
]
GOLD_CLOUD = [
    (
        "MICROSOFT_PRODUCT_SUPPORT",
        "ON_PREMISES",
        "INCIDENT",
        20,
        "Partner support Gold 20pack",
        True,
    ),
    ("SIGNATURE_CLOUD_SUPPORT", "CLOUD", "INCIDENT", None, "Signature Cloud Support", True),
    ("TPD_ADVISORY", None, "HOUR", 50, "Technical presales and deployment", False),
]

WITHOUT_CLOUD = [(), *[(name,) for name in OTHER], ("DevOps", "Messaging", "Datacenter"), OTHER]
WITH_CLOUD = [*[(name,) for name in CLOUD], ("Security", "DevOps"), (*OTHER, *CLOUD)]
KINDS = [
    (MembershipKind.ACTION_PACK, None, ACTION_PACK, ACTION_PACK),
    (MembershipKind.CORE, Level.SILVER, SILVER_HYBRID, SILVER_CLOUD),
    (MembershipKind.CORE, Level.GOLD, GOLD_HYBRID, GOLD_CLOUD),
]


def plain(terms):
    """Return the terms as the tuples of the tables above."""
    return [
        (
            line.benefit.value,
            line.scope.value if line.scope else None,
            line.unit.value,
            line.allotment,
            line.name,
            line.needs_activation,
        )
        for line in terms
    ]


@pytest.mark.parametrize(
    ("kind", "level", "competencies", "expected"),
    [
        *[
            (kind, level, names, hybrid)
            for kind, level, hybrid, _ in KINDS
            for names in WITHOUT_CLOUD
        ],
        *[(kind, level, names, cloud) for kind, level, _, cloud in KINDS for names in WITH_CLOUD],
    ],
)
def test_terms_for_every_combination_are_the_figures_of_the_program(
    kind, level, competencies, expected
):
    assert plain(terms_for(kind=kind, level=level, competencies=competencies)) == expected


def test_terms_for_unknown_competency_raises():
    with pytest.raises(KeyError, match="Quantum"):
        terms_for(kind=MembershipKind.CORE, level=Level.GOLD, competencies=["Quantum"])


def test_competencies_are_eighteen_of_which_six_are_cloud():
    assert {name: fact.is_cloud for name, fact in COMPETENCIES.items()} == {
        **dict.fromkeys(CLOUD, True),
        **dict.fromkeys(OTHER, False),
    }
