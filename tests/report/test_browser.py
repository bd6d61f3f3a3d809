"""The report page as a browser shows it: offline, silent, and the same numbers as its data.

A Chromium is needed; without one the cases are skipped. Screenshots are kept under $KEPT for a person
to look at. For axe-core, name its axe.min.js in BREAKEVEN_AXE or have node_modules/axe-core here."""
import atexit
import json
import os
import pathlib
import subprocess
import tempfile
import time

import tap
import browser
import fixtures

BREAKEVEN = os.environ["BREAKEVEN"]
KEPT = pathlib.Path(os.environ["KEPT"])
WIDTHS = [360, 1000, 1920]
_work = tempfile.TemporaryDirectory()
WORK = pathlib.Path(_work.name)
_started = []


def _browser():
    if not browser.program():
        raise tap.Skip("no Chromium is installed")
    if not _started:
        _started.append(browser.Browser().__enter__())
        atexit.register(_started[0].__exit__, None, None, None)
    return _started[0]


def _write(document, name):
    path = WORK / f"{name}.html"
    done = subprocess.run([BREAKEVEN, "report", "-", "-o", path], input=json.dumps(document, separators=(",", ":")), capture_output=True, text=True)
    if "without the report page" in done.stderr:
        raise tap.Skip("built without D3's modules")
    assert done.returncode == 0, done.stderr
    return path


def _open(name, document=None, **options):
    """A fixture's page; whatever it holds, it asks for nothing, says nothing, and fits the width."""
    shown = _browser()
    path = _write(document or fixtures.FIXTURES[name](), name)
    page = shown.open(path.as_uri(), **options)
    _is_quiet(page, path)
    return page


def _is_quiet(page, path=None):
    assert page.messages() == [], page.messages()
    asked = [url for url in page.requests() if not url.startswith(("data:", "blob:"))]
    assert len(asked) == 1 and asked[0].startswith("file:"), asked
    width, view = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width <= view, f"the page is {width} wide in a view of {view}"


def _open_all(page):
    """Unfold every part, those inside others too."""
    while page.evaluate("document.querySelectorAll('details:not([open])').forEach(node => { node.open = true; }), "
                        "new Promise(done => setTimeout(() => done(document.querySelectorAll('details:not([open])').length), 20))"):
        pass
    page.settle()


def every_fixture_is_shown_without_a_request_or_a_message():
    for name in fixtures.FIXTURES:
        page = _open(name)
        assert page.evaluate("document.querySelector('h1').textContent.length") > 0
        page.close()


def it_fits_every_width_light_dark_and_on_paper():
    for width in WIDTHS:
        for scheme in "light", "dark":
            page = _open("whole", width=width, media=scheme)
            dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (dark == "rgb(18, 22, 26)") == (scheme == "dark"), dark
            page.screenshot(KEPT / f"whole-{width}-{scheme}.png")
            page.close()
    page = _open("whole", width=794)
    page.media("print")
    page.settle()
    assert page.evaluate("getComputedStyle(document.getElementById('tools')).display") == "none"
    page.screenshot(KEPT / "whole-print.png")
    assert page.pdf().startswith(b"%PDF")
    page.close()


def the_theme_button_turns_light_to_dark_and_back():
    page = _open("whole")
    color = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(color)
    page.click("#theme")
    assert page.evaluate(color) != light
    page.click("#theme")
    assert page.evaluate(color) == light
    page.close()


def hostile_text_is_text():
    page = _open("hostile")
    assert page.evaluate("document.querySelector('h1').textContent").startswith(fixtures.hostile()["title"])
    assert page.evaluate("document.title").startswith("</script><b>x")
    assert page.evaluate("document.querySelectorAll('main b, main img, main script').length") == 0
    assert page.evaluate("[...document.querySelectorAll('h2')].map(h => h.textContent)").count(fixtures.hostile()["study"]["subjects"][0]["name"]) == 1
    page.close()


def a_failed_run_says_why():
    page = _open("failed")
    assert "chain.csv:3:7: expected a number" in page.evaluate("document.querySelector('[role=alert]').textContent")
    page.close()


def noise_is_told_before_any_figure():
    page = _open("noisy")
    assert page.evaluate("document.querySelector('.notice.doubt').compareDocumentPosition(document.querySelector('section')) & 4")
    text = page.evaluate("document.querySelector('.notice.doubt').textContent")
    assert "wider than the 2" in text and "Too few samples" in text
    page.close()


def numbers_in_the_tables_are_those_of_the_data():
    document = fixtures.whole()
    page = _open("whole", document)
    _open_all(page)
    shown = set(page.evaluate("[...document.querySelectorAll('[data-v]')].map(cell => Number(cell.dataset.v))"))
    subject = document["study"]["subjects"][0]
    for point in subject["points"]:
        for setting in point["settings"]:
            for figure in ("median", "min", "max", "median_low"):
                assert setting["wall_ns"][figure] in shown, (point["n"], setting["name"], figure)
            assert setting["cpu_ns"]["median"] in shown
    for row in document["profile"]["phases"]:
        for figure in ("wall_ns", "busy_ns", "self_ns", "waiting_ns", "idle_ns", "median_ns"):
            assert row[figure] in shown, (row["name"], figure)
    for row in document["compare"]["rows"]:
        assert row["change"]["value"] in shown and row["new_ns"]["value"] in shown
    for row in document["profile"]["decisions"]:
        assert row["predicted_ns"] in shown and row["actual_ns"] in shown
    page.close()


def wall_is_the_children_and_what_nobody_accounts_for():
    page = _open("one-worker")
    rows = page.evaluate("""[...document.querySelectorAll('table.phases tbody tr')].map(row =>
        [row.querySelector('.phase, em').textContent, Number(row.querySelectorAll('td')[1].dataset.v)])""")
    walls = dict(rows[:-1])
    # The last row closes the root.
    assert rows[-1][0] == "unaccounted"
    assert walls["run"] == walls["read the tasks"] + walls["apply candidates"] + walls["add up"] + rows[-1][1]
    page.close()


def only_what_the_interval_shows_to_be_worse_is_red():
    page = _open("whole")
    red = page.evaluate("""[...document.querySelectorAll('#compare tbody tr')].map(row =>
        [row.lastChild.textContent, [...row.children].some(cell => cell.classList.contains('bad'))])""")
    assert red == [["worse", True], ["same", False], ["no difference shown", False], ["improved", False]], red
    page.close()


def the_flame_view_zooms_and_searches():
    page = _open("whole")
    widths = "Object.fromEntries([...document.querySelectorAll('#profile .flame .box')].map(g => [g.textContent, g.querySelector('rect').getBoundingClientRect().width]))"
    before = page.evaluate(widths)
    at = page.evaluate("""(() => {
        const flame = document.querySelector('#profile .flame');
        flame.scrollIntoView({block: 'center', behavior: 'instant'});
        const box = [...flame.querySelectorAll('.box')].find(g => g.textContent === 'transform').getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
    })()""")
    page.click_at(*at)
    after = page.evaluate(widths)
    assert after["transform"] > 1.5 * before["transform"] and "compare" not in after
    assert "transform: 5.90 ms" in page.evaluate("document.querySelector('#profile .flame + .readout').textContent")
    page.press("Escape")
    page.evaluate("document.querySelector('#profile .flame').focus()")
    page.press("Escape")
    assert page.evaluate(widths) == before
    page.press("ArrowDown")
    page.press("ArrowRight")
    page.press("Enter")
    assert page.evaluate(widths)["apply candidates"] > before["apply candidates"]
    page.evaluate("document.querySelector('#profile .bar .back').click()")
    page.evaluate("document.querySelector('#profile input[type=search]').focus()")
    page.type("COMPARE")
    assert page.evaluate("[...document.querySelectorAll('#profile .flame .hit')].map(g => g.textContent)") == ["compare"]
    assert page.evaluate("document.querySelector('#profile .found').textContent") == "1 phase, 25 % of the whole"
    page.close()


def native_stacks_are_a_flame_view_of_their_own():
    page = _open("one-worker")
    names = page.evaluate("[...document.querySelectorAll('.flame')].map(f => [...f.querySelectorAll('.box')].map(g => g.textContent))")
    assert names[-1] == ["breakeven", "main", "score_range", "grid_equal"]
    page.close()


def tables_sort_both_ways():
    page = _open("whole")
    sizes = "[...document.querySelectorAll('#compare tbody tr')].map(row => Number(row.children[5].dataset.v))"
    head = "#compare thead th:nth-child(6) button"
    page.click(head)
    rising = page.evaluate(sizes)
    assert rising == sorted(rising) and page.evaluate("document.querySelector('#compare [aria-sort]').getAttribute('aria-sort')") == "ascending"
    page.click(head)
    assert page.evaluate(sizes) == rising[::-1]
    page.close()


def the_legend_takes_a_series_away_and_back():
    page = _open("whole")
    count = "document.querySelectorAll('.pair .chart:first-child .series').length"
    button = ".pair .chart:first-child .legend button"
    before = page.evaluate(count)
    page.click(button)
    assert page.evaluate(count) == before - 1
    assert page.evaluate(f"document.querySelector('{button}').getAttribute('aria-pressed')") == "false"
    page.click(button)
    assert page.evaluate(count) == before
    page.close()


def arrow_keys_read_a_chart():
    page = _open("whole")
    page.evaluate("document.querySelector('.pair .plot').focus()")
    page.press("ArrowRight")
    first = page.evaluate("document.querySelector('.pair .readout').textContent")
    page.press("ArrowRight")
    second = page.evaluate("document.querySelector('.pair .readout').textContent")
    assert first.startswith("8 items: automatic") and second.startswith("64 items: automatic"), (first, second)
    page.close()


def a_click_on_a_phase_filters_the_timeline():
    page = _open("32-workers")
    # Pixels that are not background, as a measure of what is painted in full.
    painted = """(() => {
        const canvas = document.querySelector('#profile canvas');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let full = 0;
        for (let i = 3; i < data.length; i += 4) {
            full += data[i] > 200;
        }
        return full;
    })()"""
    all_phases = page.evaluate(painted)
    page.evaluate("[...document.querySelectorAll('#profile .phase')].find(b => b.textContent === 'compare').click()")
    page.settle()
    assert page.evaluate("document.querySelector('#profile .timeline').closest('figure').querySelector('.found').textContent") == "only compare"
    assert page.evaluate(painted) < all_phases
    page.evaluate("[...document.querySelectorAll('#profile .phase')].find(b => b.textContent === 'compare').click()")
    page.settle()
    assert page.evaluate(painted) == all_phases
    # The same by a click on the span itself: 'read the tasks' on the first lane.
    x, y, width = page.evaluate("""(() => {
        const canvas = document.querySelector('#profile canvas');
        canvas.scrollIntoView({block: 'start', behavior: 'instant'});
        window.scrollBy({top: -120, behavior: 'instant'});
        const box = canvas.getBoundingClientRect();
        return [box.x, box.y, box.width];
    })()""")
    page.click_at(x + width * 0.07, y + 26 + 5 * 1 + 2)
    assert page.evaluate("document.querySelector('#profile .phase[aria-pressed=true]').textContent") == "read the tasks"
    page.click_at(x + width * 0.3, y + 60, to=(x + width * 0.5, y + 60))
    assert not page.evaluate("document.querySelector('#profile .timeline').closest('figure').querySelector('.back:not([hidden])').hidden")
    page.close()


def every_chart_has_a_table_behind_it_and_a_name():
    for name in "whole", "32-workers":
        page = _open(name)
        _open_all(page)
        lacking = page.evaluate("""[...document.querySelectorAll('figure.chart')].filter(figure =>
            !figure.querySelector('table, pre') || !figure.querySelector('figcaption strong').textContent).map(f => f.textContent.slice(0, 80))""")
        assert lacking == [], lacking
        assert page.evaluate("[...document.querySelectorAll('svg[role=img]')].every(svg => svg.getAttribute('aria-label'))")
        page.close()


def what_is_saved_reads_back_as_the_data():
    document = fixtures.hostile()
    page = _open("hostile", document)
    page.evaluate("""(() => {
        window.saved = [];
        const create = URL.createObjectURL;
        URL.createObjectURL = blob => { window.saved.push(blob.text()); return create.call(URL, blob); };
    })()""")
    folder = WORK / "downloads"
    folder.mkdir()
    _browser().call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    page.click("#save-json")
    until = time.monotonic() + 10
    while not list(folder.glob("*.json")) and time.monotonic() < until:
        time.sleep(0.05)
    assert json.loads(next(folder.glob("*.json")).read_text()) == document
    page.click("#save-csv")
    text = page.evaluate("window.saved[1]")
    lines = text.split("\r\n")
    settings = sum(len(p["settings"]) for s in document["study"]["subjects"] for p in s["points"])
    assert lines[0].startswith("subject,n,setting,workers") and len(lines) == settings + 2
    page.close()


def pictures_and_tables_of_a_domain_are_shown():
    page = _open("whole")
    assert page.evaluate("document.querySelectorAll('.picture svg.grid rect').length") == 4 * 54
    _open_all(page)
    assert page.evaluate("document.querySelector('.picture pre').textContent").split("\n")[0] == "012345678"
    page.close()


def a_hundred_thousand_phases_and_a_full_timeline_open_soon():
    profile = fixtures.profile(workers=8, loops=400)
    rows = fixtures.phases(100000)
    page = _open("big", fixtures.run(profile={**profile, "phases": rows}))
    print(f"# opened in {page.opened_s:.2f} s")
    assert page.evaluate("document.querySelectorAll('.flame .box').length") < 20000
    page.evaluate("document.querySelector('#profile input[type=search]').focus()")
    page.type("solve 7")
    assert "phases" in page.evaluate("document.querySelector('#profile .found').textContent")
    _is_quiet(page)
    page.close()


def axe_finds_no_violation():
    places = [os.environ.get("BREAKEVEN_AXE", ""), "/usr/share/nodejs/axe-core/axe.min.js",
              str(pathlib.Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js")]
    axe = next((place for place in places if place and os.path.isfile(place)), None)
    if not axe:
        raise tap.Skip("axe-core is not here: BREAKEVEN_AXE=axe.min.js says where")
    script = pathlib.Path(axe).read_text()
    for name in "whole", "empty", "failed", "noisy", "hostile":
        for scheme in "light", "dark":
            page = _open(name, media=scheme)
            _open_all(page)
            page.evaluate(script + ";0")
            found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120) + ' ' + n.failureSummary).slice(0, 3).join(' | ')))")
            assert found == [], (name, scheme, "\n".join(found))
            page.close()


tap.run(__name__)
