"""
What HTML says of the elements that the portal uses, as a table: what may stand in each, and what
attributes it may have besides those that all may have. An element or attribute that no line names
is a fault of the page until somebody has looked it up and named it.

`inside` names elements and these kinds: `phrasing`, `flow` (phrasing too), `parent` for what may
stand where the element itself stands, `text`.
"""

from dataclasses import dataclass

PHRASING = frozenset(
    "a br button code datalist img input label noscript progress script select span strong svg "
    "template textarea".split()
)
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
FLOW = (
    PHRASING
    | HEADINGS
    | frozenset(
        "aside blockquote details div dl fieldset figure footer form header main nav ol p pre "
        "section table ul".split()
    )
)
TEXT = frozenset(("text",))
KINDS = {"phrasing": PHRASING | TEXT, "flow": FLOW | TEXT, "headings": HEADINGS, "text": TEXT}

TABLE = """
element     inside                           attributes
html        head body                        -
head        title meta link script noscript  -
title       text                             -
meta        -                                charset content http-equiv name
noscript    meta phrasing                    -
link        -                                href hreflang rel type
script      -                                async defer src type
body        flow                             -
template    flow                             -
header      flow                             -
footer      flow                             -
main        flow                             -
nav         flow                             -
aside       flow                             -
section     flow                             -
div         flow                             -
blockquote  flow                             -
form        flow                             action autocomplete enctype method novalidate
h1          phrasing                         -
h2          phrasing                         -
h3          phrasing                         -
h4          phrasing                         -
p           phrasing                         -
pre         phrasing                         -
ul          li                               -
ol          li                               start
li          flow                             value
dl          dt dd div                        -
dt          flow                             -
dd          flow                             -
figure      figcaption flow                  -
figcaption  flow                             -
details     summary flow                     name open
summary     phrasing headings                -
table       caption thead tbody tr           -
caption     flow                             -
thead       tr                               -
tbody       tr                               -
tr          th td                            -
th          flow                             colspan scope
td          flow                             colspan
a           parent                           download href hreflang rel
br          -                                -
span        phrasing                         -
strong      phrasing                         -
code        phrasing                         -
progress    phrasing                         max value
img         -                                alt height loading src width
fieldset    legend flow                      disabled
legend      phrasing headings                -
label       phrasing                         for
button      phrasing  disabled name popovertarget popovertargetaction type value
select      option optgroup                  autocomplete disabled name required
optgroup    option                           label
option      text                             disabled selected value
datalist    option phrasing                  -
textarea    text                             autocomplete cols maxlength name readonly required rows
input       -                                name type value
svg         picture                          height preserveaspectratio viewbox width
"""

EVERYWHERE = frozenset(
    "autofocus class dir hidden id lang popover role spellcheck tabindex title".split()
)
REQUIRED = {
    "form": ("method",),
    "html": ("lang",),
    "img": ("alt", "src"),
    "input": ("type",),
    "optgroup": ("label",),
    "script": ("src",),
}

# What a field of each type may have besides its name and value.
_TYPED = "autocomplete list maxlength minlength placeholder required"
INPUTS = {
    "hidden": "",
    "text": f"{_TYPED} inputmode",
    "search": f"{_TYPED} inputmode",
    "tel": f"{_TYPED} inputmode",
    "email": f"{_TYPED} inputmode",
    "password": "autocomplete inputmode maxlength minlength placeholder required",
    "number": "autocomplete inputmode list max min placeholder required step",
    "date": "autocomplete list max min required step",
    "month": "autocomplete list max min required step",
    "checkbox": "checked required",
    "radio": "checked required",
    "file": "accept multiple required",
}

BOOLEAN = frozenset(
    "async autofocus checked defer disabled hidden multiple novalidate open readonly "
    "required selected".split()
)
NUMBERS = frozenset("cols colspan maxlength minlength rows start tabindex".split())
# What may stand in an attribute, of one element or of any.
VALUES = {
    "aria-atomic": "true false",
    "aria-current": "page step location date time true false",
    "aria-disabled": "true false",
    "aria-expanded": "true false",
    "aria-hidden": "true false",
    "aria-invalid": "true false grammar spelling",
    "aria-live": "polite assertive off",
    "aria-pressed": "true false mixed",
    "button type": "button reset submit",
    "dir": "ltr rtl auto",
    "enctype": "multipart/form-data application/x-www-form-urlencoded",
    "inputmode": "none text tel url email numeric decimal search",
    "method": "get post",
    "popover": "auto manual",
    "popovertargetaction": "hide show toggle",
    "role": "alert button group img list note region search status toolbar",
    "scope": "row col rowgroup colgroup",
    "spellcheck": "true false",
}
# What means something without a value too.
BARE = frozenset(("popover",))
AUTOCOMPLETE = frozenset(
    "off on country country-name current-password email name new-password one-time-code "
    "organization tel username".split()
)
POINTERS_OF_ARIA = frozenset("aria-describedby aria-controls aria-labelledby".split())
WORDS_OF_ARIA = frozenset("aria-label aria-keyshortcuts".split())
ARIA = POINTERS_OF_ARIA | WORDS_OF_ARIA | {name for name in VALUES if name.startswith("aria-")}
# They have no role that a name could belong to.
NAMELESS = frozenset("br caption code dd div dt p span strong".split())
# What is in a picture, each with its attributes, is the charts' and the icons'.
PICTURE = {
    name: frozenset(attributes.split())
    for name, attributes in {
        "circle": "cx cy r",
        "defs": "",
        "desc": "",
        "g": "",
        "line": "x1 x2 y1 y2",
        "path": "d fill",
        "pattern": "height patterntransform patternunits width",
        "polyline": "points",
        "rect": "fill height rx width x y",
        "text": "dx dy text-anchor x y",
        "title": "",
        "tspan": "dx dy x y",
        "use": "href",
    }.items()
}
LABELABLE = frozenset("button input select textarea".split())


@dataclass(frozen=True)
class Rule:
    """What HTML says of one element."""

    inside: frozenset[str]
    attributes: frozenset[str]
    # What may stand inside is what may stand where the element stands.
    is_transparent: bool


def _read() -> dict[str, Rule]:
    lines = [line.split("  ") for line in TABLE.strip().splitlines()[1:]]
    rules = {}
    for tag, *cells in lines:
        inside, attributes = (cell.strip().split() for cell in cells if cell.strip())
        named = frozenset(name for name in inside if name not in (*KINDS, "-"))
        kinds: frozenset[str] = frozenset().union(*(KINDS.get(name, ()) for name in inside))
        rules[tag] = Rule(named | kinds, frozenset(attributes) - {"-"}, "parent" in inside)
    return rules


RULES = _read()
