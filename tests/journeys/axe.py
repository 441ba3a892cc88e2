"""What is wrong with a page on the screen, as axe and a ruler see it: wide and narrow, light and dark.

The contrast of a text depends on its colour and size and on what lies behind it, which its ancestors say. So axe judges
each such combination once, however many pages repeat it; and everything else on every page, at both widths.
"""

import json
import re
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

WIDE, NARROW = 1280, 360
RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
    "iframes": False,
}
# This one reads the style sheets, which are the same at every width.
AGAIN = {**RULES, "rules": {**RULES["rules"], "css-orientation-lock": {"enabled": False}}}
# The other rule that colours matter to; a link with a line below it needs none.
LINKS = {**RULES, "runOnly": {"type": "rule", "values": ["link-in-text-block"]}, "rules": {}}
CONTRAST = {
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "resultTypes": ["violations", "passes"],
    "elementRef": True,
    "iframes": False,
}

LOOK = """
window.look = async (part, rules, known) => {
    const styles = new Map(), grounds = new Map();
    const style = one => {
        if (!styles.has(one)) { styles.set(one, getComputedStyle(one)); }
        return styles.get(one);
    };
    const ground = one => {
        if (!one) { return ""; }
        if (!grounds.has(one)) {
            const {backgroundColor, backgroundImage, opacity} = style(one);
            grounds.set(one, `${backgroundColor} ${backgroundImage} ${opacity} / ${ground(one.parentElement)}`);
        }
        return grounds.get(one);
    };
    const kind = one => {
        const {color, fontSize, fontWeight, textShadow} = style(one);
        return `${color} ${fontSize} ${fontWeight} ${textShadow} on ${ground(one)}`;
    };
    const writes = one => one.matches("input, select, textarea") ||
        [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const told = found => found.violations.flatMap(
        rule => rule.nodes.map(node => `${rule.id} ${node.target.join(" ")}`));
    const run = async (where, options) => where.length ? told(await axe.run({include: where}, options)) : [];

    const all = [...document.querySelectorAll(`${part}, ${part} *`)].filter(one => one.checkVisibility());
    const unmarked = all.filter(one => one.matches("a[href]") && style(one).textDecorationLine === "none");
    const faults = rules ? await run([part], rules) : await run(unmarked, LINKS);
    const fresh = new Map(all.filter(writes).map(one => [one, kind(one)]).filter(([, said]) => !known.includes(said)));
    if (!fresh.size) { return [faults, []]; }
    const found = await axe.run({include: [...fresh.keys()]}, CONTRAST);
    // A kind counts as known when one of it was judged: axe passes over what is disabled or covered.
    const judged = [...found.violations, ...found.passes].flatMap(rule => rule.nodes.map(node => node.element));
    return [[...faults, ...told(found)], [...new Set(judged.flatMap(one => fresh.get(one) ?? []))]];
};
"""
SCRIPT = "\n".join(
    [
        (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"),
        f"{{ const LINKS = {json.dumps(LINKS)}, CONTRAST = {json.dumps(CONTRAST)}; {LOOK} }}",
    ]
)
TWICE = """() => {
    const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
    return [...new Set(ids.filter((id, place) => ids.indexOf(id) !== place))];
}"""
OPEN = "document.querySelectorAll('main details').forEach(one => { one.open = true; })"
SIDEWAYS = "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"


def faults(page: Page, title: str, part: str = "html", known: set[str] | None = None) -> list[str]:
    """What is wrong with the page on the screen (or with a part of it): the page by its title here, the rule and the
    selector; never the text of the page. `known` are the combinations of colours judged so far, and grows.

    The window must be wide and light; narrow, everything is unfolded. It is wide and light again at the end.
    """
    known = set() if known is None else known
    # Through the debugger, which the policy of contents does not bind.
    if not page.evaluate("'look' in window"):
        page.evaluate(SCRIPT)
    found = [f"{title}: #{key} more than once" for key in page.evaluate(TWICE)]

    def look(variant: str, rules: Any = None) -> None:
        told, judged = page.evaluate("([part, rules, known]) => look(part, rules, known)", [part, rules, list(known)])
        known.update(judged)
        found.extend(f"{title} {variant}: {_plain(fault)}" for fault in told)

    look(f"{WIDE} light", RULES)
    page.emulate_media(color_scheme="dark")
    look(f"{WIDE} dark")
    page.set_viewport_size({"width": NARROW, "height": 900})
    page.evaluate(OPEN)
    look(f"{NARROW} dark")
    page.emulate_media(color_scheme="light")
    look(f"{NARROW} light", AGAIN)
    if page.evaluate(SIDEWAYS):
        found.append(f"{title} {NARROW}: scrolls sideways")
    page.set_viewport_size({"width": WIDE, "height": 900})
    return found


def _plain(fault: str) -> str:
    """A selector may quote an attribute, and an attribute may hold a name."""
    return re.sub(r'"[^"]*"', '"…"', fault)
