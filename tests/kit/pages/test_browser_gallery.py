"""Every component in a real browser: barriers, keyboard, phone width, without JavaScript."""

from __future__ import annotations

import pytest

from tests.browser import (
    DESKTOP,
    PHONE,
    barriers,
    keyboard_faults,
    picture,
    sideways,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.kit.pages.gallery_urls"),
]
GALLERIES = ("/gallery/", "/workbench/gallery/", "/screen/gallery/")


# -- first: the judges judge -----------------------------------------------------------------


def test_the_judge_reports_a_broken_page(browse):
    page = browse()
    page.goto("/broken/")
    rules = {line.split(":")[0] for line in barriers(page)}
    assert {"label", "html-has-lang", "image-alt", "button-name"} <= rules


def test_the_keyboard_walk_reports_a_trap_and_a_hidden_focus(browse):
    page = browse()
    page.goto("/about/")
    assert keyboard_faults(page) == []
    page.evaluate("""() => {
      const sheet = new CSSStyleSheet();
      const bare = '{ outline: none !important; box-shadow: none !important }';
      sheet.replaceSync('*:focus, *::before, *::after' + bare);
      document.adoptedStyleSheets = [sheet];
    }""")
    assert any(line.startswith("no visible focus") for line in keyboard_faults(page))
    page.evaluate("""() => document.querySelector('footer a').addEventListener('keydown',
      (event) => event.preventDefault())""")
    assert any(line.startswith("focus is held at") for line in keyboard_faults(page, limit=60))


def test_the_width_judge_reports_what_sticks_out(browse):
    page = browse(width=PHONE)
    page.goto("/about/")
    assert sideways(page) == 0
    page.evaluate("""() => {
      const wide = document.createElement('div');
      wide.style.width = '600px'; wide.textContent = 'x';
      document.querySelector('main').append(wide);
    }""")
    assert sideways(page) > 0


# -- then: what they say about us ------------------------------------------------------------


@pytest.mark.parametrize(("width", "language"), [(PHONE, "en"), (DESKTOP, "zh-hans")])
@pytest.mark.parametrize("path", GALLERIES)
def test_no_barrier_and_no_scrolling_sideways(browse, path, width, language):
    page = browse(width=width, language=language)
    page.goto(path)
    picture(page, f"gallery{path.replace('/', '-')}{width}-{language}")
    assert barriers(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize(
    ("path", "width"),
    [*((path, PHONE) for path in GALLERIES), ("/workbench/gallery/", DESKTOP)],
)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(browse, path, width):
    page = browse(width=width)
    page.goto(path)
    assert keyboard_faults(page) == []


def test_the_dark_portal_has_no_barrier(browse):
    page = browse(color_scheme="dark")
    page.goto("/gallery/")
    assert barriers(page) == []


def test_the_portal_works_without_javascript(browse):
    page = browse(javascript=False, width=PHONE)
    page.goto("/gallery/")
    page.get_by_label("姓名").last.fill("陈晓明")
    page.get_by_role("link", name="English").click()
    assert page.get_by_role("heading", name="Gallery").count() == 1
    page.get_by_label("Find a service").last.fill("permit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery/?q=permit")


@pytest.mark.parametrize("path", GALLERIES)
def test_what_fingers_touch_is_large_enough(browse, path):
    """Ours is stricter than WCAG 2.2 AA's 24 px: buttons, fields and menus are 44 px high."""
    page = browse(width=PHONE)
    page.goto(path)
    small = page.evaluate("""() => [...document.querySelectorAll(
        '.pc-button, .pc-languages a, .pc-nav__link, .pc-visitor__in, .pc-pages a, .pc-back,'
        + 'input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, summary')]
      .filter((each) => each.checkVisibility())
      .filter((each) => each.getBoundingClientRect().height < 43.5)
      .map((each) => each.outerHTML.slice(0, 120))""")
    assert small == []


def test_the_first_tab_leads_past_the_head_of_the_page(browse):
    page = browse()
    page.goto("/about/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "pc-skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = "document.querySelector('main').contains(document.activeElement)"
    assert page.evaluate(inside)


def test_after_an_error_the_reader_stands_at_the_summary_and_one_step_from_the_field(browse):
    page = browse(language="en")
    page.goto("/gallery/")
    page.wait_for_function("document.activeElement.classList.contains('govuk-error-summary')")
    page.get_by_role("link", name="Full name: This field is required.").click()
    assert page.evaluate("document.activeElement.id") == "id_name"


def test_the_menu_of_the_workbench_opens_on_a_phone(browse):
    page = browse(width=PHONE, language="en")
    page.goto("/workbench/gallery/")
    button = page.get_by_role("button", name="Menu")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    page.wait_for_function(
        "document.querySelector('.navbar-toggler').getAttribute('aria-expanded') === 'true'"
    )


def test_htmx_sends_the_token_of_the_form_guard(browse):
    page = browse()
    page.goto("/workbench/gallery/")
    page.wait_for_function("window.htmx !== undefined")
    page.evaluate("""() => {
      const button = document.createElement('button');
      button.setAttribute('hx-post', '/workbench/gallery/');
      button.id = 'ask'; button.textContent = 'ask';
      document.querySelector('main').append(button);
      htmx.process(button);
    }""")
    with page.expect_request("**/workbench/gallery/") as caught:
        page.click("#ask")
    assert len(caught.value.headers["x-csrftoken"]) >= 32


def test_the_screens_clock_runs_and_its_light_knows_fresh_from_stale(browse):
    page = browse(language="en")
    page.goto("/screen/gallery/")
    page.wait_for_function(
        r"/^\d\d:\d\d:\d\d$/.test(document.querySelector('.pc-clock').textContent)"
    )
    state = "document.querySelector('[data-live]').dataset.state"
    assert page.evaluate(state) == "waiting"
    page.evaluate("import('/static/kit/js/screen.js').then((screen) => screen.fresh())")
    page.wait_for_function(f"{state} === 'live'")
    assert page.get_by_role("status").inner_text() == "Live"
    page.evaluate("import('/static/kit/js/screen.js').then((screen) => screen.lost())")
    page.wait_for_function(f"{state} === 'stale'")


def test_nothing_is_asked_of_another_server(browse):
    page = browse()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in GALLERIES:
        page.goto(path, wait_until="networkidle")
    here = page.evaluate("location.origin")
    assert asked
    assert [url for url in asked if not url.startswith((here, "data:", "blob:"))] == []
