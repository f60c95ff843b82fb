"""What the components promise to the pages that are built from them."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.http import Http404
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.html import strip_tags

from portal.gallery import gallery
from portal.refusals import Explanation, NextStep
from portal.templatetags import components

EVIL = "<script>alert('x')</script>"
EVIL_ESCAPED = "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"


class RequestForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(
        label="Title",
        help_text="One sentence.",
        widget=forms.TextInput(attrs={"placeholder": "Title"}),
    )
    hours = forms.ChoiceField(
        label="Hours", choices=[("B", "Business"), ("A", "Always")], widget=forms.RadioSelect
    )
    consent = forms.BooleanField(label="Share", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def rendered(source: str, **context: object) -> str:
    """Return what the template makes of the context, with runs of white space as one space."""
    return _tight(Template(source).render(Context(context)))


def _tight(html: str) -> str:
    return re.sub(r"\s+", " ", html).replace("> <", "><").strip()


def words(html: str) -> str:
    """Return only what is read: no tags."""
    return " ".join(strip_tags(html).split())


def drawn(name: str) -> str:
    """Return the markup of an icon."""
    return (
        '<svg class="icon" aria-hidden="true" width="16" height="16">'
        f'<use href="/static/icons.svg#{name}"></use></svg>'
    )


# --- Icons -----------------------------------------------------------------------------------
def test_icon_is_a_decorative_use_of_the_sprite():
    assert rendered('{% icon "check" %}') == drawn("check")


def test_icons_are_exactly_the_symbols_of_the_sprite():
    sprite = (Path(settings.BASE_DIR) / "static" / "icons.svg").read_text(encoding="utf-8")

    assert set(re.findall(r'<symbol id="([^"]+)"', sprite)) == components.ICONS


# --- Unknown variants ------------------------------------------------------------------------
@pytest.mark.parametrize(
    "source",
    [
        '{% icon "unicorn" %}',
        '{% alert level="fatal" %}x{% endalert %}',
        '{% badge label="x" tone="pink" %}',
        '{% badge label="x" icon="unicorn" %}',
        '{% panel variant="round" %}x{% endpanel %}',
        "{% panel level=1 %}x{% endpanel %}",
        '{% explanation explained level="fatal" %}',
        '{% empty_state "x" icon="unicorn" %}x{% endempty_state %}',
        '{% empty_state "x" level=7 %}x{% endempty_state %}',
        "{% steps current=0 titles=titles %}",
        "{% steps current=4 titles=titles %}",
        '{% copy_button "" "Copy" %}',
        '{% copy_button "1" "Copy" target="#x" %}',
    ],
)
def test_unknown_variant_fails(source):
    with pytest.raises(TemplateSyntaxError):
        rendered(source, titles=["One", "Two"], explained=Explanation("x", "x"))


# --- Alert -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("level", "role", "icon"),
    [
        ("info", "status", "info"),
        ("success", "status", "check"),
        ("warning", "status", "warning"),
        ("error", "alert", "blocked"),
    ],
)
def test_alert_says_its_level_by_role_and_icon(level, role, icon):
    html = rendered(
        '{% alert level=level title="Ends soon" %}<p>On {{ day }}</p>{% endalert %}',
        level=level,
        day="13 January",
    )

    assert html == (
        f'<div class="alert alert--{level}" role="{role}">{drawn(icon)}<div class="alert__body">'
        '<p class="alert__title">Ends soon</p><div><p>On 13 January</p></div></div></div>'
    )


def test_alert_inside_a_live_region_has_no_role_of_its_own():
    html = rendered("{% alert live=False %}Saved{% endalert %}")

    assert html == (
        f'<div class="alert alert--info">{drawn("info")}'
        '<div class="alert__body"><div>Saved</div></div></div>'
    )


@pytest.mark.parametrize(
    "source",
    [
        "{% alert title=evil %}{% endalert %}",
        "{% alert %}{{ evil }}{% endalert %}",
        "{% badge evil %}",
        "{% meter used=1 total=2 label=evil %}",
        "{% panel title=evil %}{% endpanel %}",
        "{% panel %}{{ evil }}{% endpanel %}",
        "{% expander title=evil %}{% endexpander %}",
        "{% expander title='x' %}{{ evil }}{% endexpander %}",
        "{% explanation explained %}",
        "{% page_title evil %}",
        "{% page_title 'x' evil %}",
        "{% breadcrumbs trail %}",
        "{% empty_state evil %}{% endempty_state %}",
        "{% empty_state 'x' %}{{ evil }}{% endempty_state %}",
        "{% steps current=1 titles=titles %}",
        "{% copy_button evil 'x' %}",
        "{% copy_button '1' evil %}",
    ],
)
def test_what_a_component_is_given_is_escaped(source):
    html = rendered(
        source,
        evil=EVIL,
        explained=Explanation("x", EVIL),
        trail=[(EVIL, "/")],
        titles=[EVIL],
    )

    assert (EVIL in html, EVIL_ESCAPED in html) == (False, True)


# --- Badge, meter ----------------------------------------------------------------------------
@pytest.mark.parametrize(("tone", "icon"), components.BADGE_ICONS.items())
def test_badge_is_icon_and_word(tone, icon):
    assert rendered('{% badge tone=tone label="Active" %}', tone=tone) == (
        f'<span class="badge badge--{tone}">{drawn(icon)}Active</span>'
    )


def test_badge_takes_another_icon():
    assert rendered('{% badge "Starts later" icon="calendar" %}') == (
        f'<span class="badge badge--neutral">{drawn("calendar")}Starts later</span>'
    )


@pytest.mark.parametrize(
    ("used", "total", "width"),
    [
        (0, 20, "100"),
        (3, 20, "85"),
        (20, 20, "0"),
        (25, 20, "0"),
        (-1, 20, "100"),
        (0, 0, "0"),
        (1, 3, "66.67"),
    ],
)
@pytest.mark.parametrize(("low", "modifier"), [(False, ""), (True, " meter--low")])
def test_meter_draws_what_remains_and_says_it(used, total, width, low, modifier):
    html = rendered(
        '{% meter used=used total=total label="3 used of 20" low=low %}',
        used=used,
        total=total,
        low=low,
    )

    assert html == (
        f'<div class="meter{modifier}"><svg class="meter__bar" aria-hidden="true" '
        'viewBox="0 0 100 4" preserveAspectRatio="none">'
        '<rect class="meter__track" width="100" height="4"/>'
        f'<rect class="meter__fill" width="{width}" height="4"/></svg>'
        '<span class="meter__label">3 used of 20</span></div>'
    )


# --- Boxes -----------------------------------------------------------------------------------
def test_panel_has_a_heading_of_its_level():
    html = rendered('{% panel title="IDs" level=3 variant="grey" %}<p>x</p>{% endpanel %}')

    assert html == (
        '<section class="panel panel--grey"><h3 class="panel__title">IDs</h3><p>x</p></section>'
    )


def test_panel_without_title_has_no_heading():
    assert rendered("{% panel %}<p>x</p>{% endpanel %}") == (
        '<section class="panel panel--plain"><p>x</p></section>'
    )


@pytest.mark.parametrize(
    ("arguments", "attributes"), [("", ""), ('open=True id="plans"', ' id="plans" open')]
)
def test_expander_is_a_details_element(arguments, attributes):
    html = rendered("{% expander title='More' " + arguments + " %}<p>x</p>{% endexpander %}")

    assert html == (
        f'<details class="expander"{attributes}><summary>More {drawn("chevron-down")}</summary>'
        '<div class="expander__body"><p>x</p></div></details>'
    )


def test_empty_state_says_what_to_do_next():
    html = rendered("{% empty_state 'No plans' icon='search' %}<p>Add one.</p>{% endempty_state %}")

    assert html == (
        f'<div class="empty-state">{drawn("search")}'
        '<h2 class="empty-state__title">No plans</h2>'
        '<div class="empty-state__body"><p>Add one.</p></div></div>'
    )


# --- Explanation -----------------------------------------------------------------------------
def meaning(code):
    """Return the markup of the link to the help page of a code."""
    return (
        f'<p class="explanation-help small"><a href="/help/codes/{code}">What does this mean?'
        "</a></p>"
    )


def test_explanation_shows_sentence_and_next_step_as_a_link_but_not_the_code():
    explained = Explanation("used_up", "None left.", next_step=NextStep("Compare plans", "/plans"))

    assert rendered("{% explanation explained %}", explained=explained) == (
        '<div class="explanation alert alert--warning" data-code="used_up">'
        f'{drawn("warning")}<div class="alert__body"><p>None left.</p>'
        '<p class="next-step"><a href="/plans">Compare plans</a></p></div></div>'
        f"{meaning('used_up')}"
    )


def test_explanation_names_the_people_who_can_help():
    step = NextStep("Ask an admin to activate.", people=("Ana Berg", "Li Wei", "Kim Ode"))
    html = rendered("{% explanation explained %}", explained=Explanation("x", "Off.", {}, step))

    assert words(html) == (
        "Off. Ask an admin to activate. Ana Berg, Li Wei or Kim OdeWhat does this mean?"
    )


def test_explanation_of_level_plain_is_only_its_words():
    html = rendered('{% explanation explained level="plain" %}', explained=Explanation("x", "Off."))

    assert html == (
        f'<div class="explanation explanation--plain" data-code="x"><p>Off.</p></div>{meaning("x")}'
    )


def test_explanation_of_level_error_is_announced_and_takes_the_focus():
    html = rendered('{% explanation explained level="error" %}', explained=Explanation("x", "Off."))

    assert html == (
        '<div class="explanation alert alert--error" data-code="x" role="alert" tabindex="-1" '
        f"data-error-summary>{drawn('blocked')}"
        f'<div class="alert__body"><p>Off.</p></div></div>{meaning("x")}'
    )


def test_explanation_of_nothing_is_nothing():
    assert rendered("{% explanation explained %}{% next_step step %}", explained=None) == ""


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ('{% help_link "link" %}', "How does it work?"),
        ('{% help_link "link" "Link a contract" %}', "Link a contract"),
    ],
)
def test_help_link_leads_to_its_topic(tag, text):
    assert rendered(tag) == (
        f'<a class="help-link small" href="/help/link">{drawn("help")} {text}</a>'
    )


# --- Forms -----------------------------------------------------------------------------------
def test_field_has_label_hint_and_control_but_no_placeholder():
    assert rendered("{% field form.title %}", form=RequestForm()) == (
        '<div class="field"><label class="field__label" for="id_title">Title '
        '<span class="field__required">(Required)</span></label>'
        '<div class="field__hint" id="id_title_helptext">One sentence.</div>'
        '<input type="text" name="title" required aria-describedby="id_title_helptext" '
        'id="id_title"></div>'
    )


def test_field_with_an_error_ties_it_to_the_control():
    html = rendered("{% field form.title %}", form=RequestForm({}))

    assert html == (
        '<div class="field"><label class="field__label" for="id_title">Title '
        '<span class="field__required">(Required)</span></label>'
        '<div class="field__hint" id="id_title_helptext">One sentence.</div>'
        '<input type="text" name="title" required aria-invalid="true" '
        'aria-describedby="id_title_helptext id_title_error" id="id_title">'
        f'<div id="id_title_error"><p class="field__error">{drawn("blocked")} '
        "This field is required.</p></div></div>"
    )


def test_field_of_choices_is_a_fieldset_that_carries_the_error():
    html = rendered("{% field form.hours %}", form=RequestForm({}))

    assert html == (
        '<fieldset class="field" aria-describedby="id_hours_error">'
        '<legend class="field__label">Hours <span class="field__required">(Required)</span>'
        "</legend>"
        '<div class="choice"><input type="radio" name="hours" value="B" id="id_hours_0" required '
        'aria-invalid="true"><label for="id_hours_0">Business</label></div>'
        '<div class="choice"><input type="radio" name="hours" value="A" id="id_hours_1" required '
        'aria-invalid="true"><label for="id_hours_1">Always</label></div>'
        f'<div id="id_hours_error"><p class="field__error">{drawn("blocked")} '
        "This field is required.</p></div></fieldset>"
    )


def test_field_with_a_checkbox_has_its_label_behind_it():
    assert rendered("{% field form.consent %}", form=RequestForm()) == (
        '<div class="field"><div class="choice"><input type="checkbox" name="consent" '
        'id="id_consent"><label for="id_consent">Share </label></div></div>'
    )


def test_field_that_is_hidden_is_only_its_control():
    assert rendered("{% field form.key %}", form=RequestForm()) == (
        '<input type="hidden" name="key" id="id_key">'
    )


def test_field_with_a_dangerous_value_is_escaped():
    html = rendered("{% field form.title %}", form=RequestForm({"title": EVIL}))

    assert (EVIL in html, EVIL_ESCAPED in html) == (False, True)


def test_error_summary_links_every_error_to_its_field():
    form = RequestForm({})
    form.add_error(None, "The pair does not match.")
    html = rendered("{% error_summary form %}", form=form)

    assert words(html) == (
        "3 things need your attention The pair does not match. "
        "Title This field is required. Hours This field is required."
    )
    assert re.findall(r'href="([^"]*)"', html.replace("icons.svg", "")) == [
        "/static/#blocked",
        "#id_title",
        "#id_hours_0",
    ]
    assert 'role="alert" tabindex="-1" data-error-summary' in html


def test_error_summary_without_errors_is_nothing():
    form = RequestForm({"title": "x", "hours": "B"})

    assert (
        rendered("{% error_summary form %}{% error_summary new %}", form=form, new=RequestForm())
        == ""
    )


# --- Page furniture --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "html"),
    [
        ('{% page_title "Home" %}', "<strong>Home</strong>"),
        (
            '{% page_title "Benefits" "Technical benefits" %}',
            "<strong>Benefits</strong> | Technical benefits",
        ),
    ],
)
def test_page_title_is_the_h1(source, html):
    assert rendered(source) == f'<h1 class="page-title">{html}</h1>'


def test_breadcrumbs_end_with_this_page():
    assert rendered("{% breadcrumbs trail %}", trail=[("Home", "/"), ("Benefits", "")]) == (
        '<nav class="breadcrumbs" aria-label="Breadcrumb"><ol class="bare-list">'
        '<li><a href="/">Home</a></li>'
        '<li><span aria-current="page">Benefits</span></li></ol></nav>'
    )


def test_breadcrumbs_of_nothing_are_nothing():
    assert rendered("{% breadcrumbs frame.breadcrumbs %}") == ""


def test_steps_mark_done_current_and_next():
    html = rendered("{% steps current=2 titles=titles %}", titles=["Product", "Issue", "Contact"])

    assert html == (
        '<ol class="steps bare-list"><li class="steps__step steps__step--done">'
        f'<span class="steps__marker">{drawn("check")}</span><span>Product '
        '<span class="visually-hidden">(done)</span></span></li>'
        '<li class="steps__step steps__step--current" aria-current="step">'
        '<span class="steps__marker"></span><span>Issue</span></li>'
        '<li class="steps__step steps__step--next">'
        '<span class="steps__marker"></span><span>Contact</span></li></ol>'
    )


@pytest.mark.parametrize(
    ("arguments", "attribute"),
    [
        ('"123456786" "Copy"', 'data-copy="123456786"'),
        ('"" "Copy" target="#id"', 'data-copy-from="#id"'),
    ],
)
def test_copy_button_names_what_it_copies(arguments, attribute):
    assert rendered("{% copy_button " + arguments + " %}") == (
        '<button class="button button--link copy-button" type="button" data-copied="Copied" '
        f"{attribute}>{drawn('copy')}<span data-label>Copy</span></button>"
    )


# --- Frames, error pages, gallery ------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    ["frames/dashboard.html", "frames/support_for_business.html", "frames/plain.html"],
)
def test_frame_without_context_still_says_what_this_is(name):
    html = words(render_to_string(name))

    assert (
        "Simulation" in html,
        "This is a simulation for training. It is not operated by or connected to Microsoft."
        in html,
    ) == (True, True)


def test_frame_says_for_whom_one_acts_and_offers_the_others():
    partner = SimpleNamespace(name="Contoso", mpn_id="1234567")
    other = SimpleNamespace(name="Fabrikam", mpn_id="2345678")
    frame = SimpleNamespace(
        is_signed_in=True,
        user_name="Ana Berg",
        user_email="admin@contoso.example",
        user_initials="AB",
        partner=partner,
        other_partners=[other],
    )
    html = render_to_string("frames/account_menu.html", {"frame": frame})

    assert words(html) == (
        "Account menu: Ana Berg Contoso AB AB Ana Berg admin@contoso.example My access "
        "Acting for Contoso MPN ID 1234567 Switch to Fabrikam MPN ID 2345678 "
        "Language Sign in with another account Sign out"
    )
    assert 'name="mpn_id" value="2345678"' in html


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_error_page_without_context_has_a_sentence_and_a_way_on(status):
    html = render_to_string(f"errors/{status}.html")

    assert len(re.findall(r'<h1 class="page-title"><strong>[^<]+</strong></h1>', html)) == 1
    assert "Go to the home page" in words(html)


def test_error_page_shows_the_explanation_and_the_names():
    step = NextStep("You need an account associated with MPN.", people=("Ana Berg", "Li Wei"))
    explained = Explanation("not_authorized", "You are not authorized for this action", {}, step)
    html = render_to_string("errors/403.html", {"explanation": explained})

    assert (
        "You are not authorized for this action "
        "You need an account associated with MPN. Ana Berg or Li Wei" in words(html)
    )


def test_templates_have_nothing_inline():
    folder = Path(settings.BASE_DIR) / "templates"
    offending = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.html")
        if re.search(
            r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|\|safe\b",
            path.read_text(encoding="utf-8"),
        )
    ]

    assert offending == []


def test_gallery_is_closed_outside_demo_and_development(settings):
    settings.DEMO = settings.DEBUG = False

    with pytest.raises(Http404):
        gallery(RequestFactory().get("/gallery/"))


def test_gallery_shows_every_component(settings):
    settings.DEMO = True
    response = gallery(RequestFactory().get("/gallery/"))
    folder = Path(settings.BASE_DIR) / "templates" / "portal"
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in [*folder.glob("gallery*.html"), *folder.glob("gallery/*.html")]
    )

    assert response.template_name == "portal/gallery.html"
    assert {name for name in components.register.tags if f"{{% {name} " not in sources} == {
        "next_step"
    }
