"""A page and an htmx answer as trees, to put the answer's blocks in the places of the old ones as a browser would."""

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Node:
    def __init__(self, tag, attrs=()):
        self.tag, self.attrs, self.children = tag, dict(attrs), []

    def find(self, wanted):
        if self.attrs.get("id") == wanted:
            return self
        return next((hit for child in self.nodes() if (hit := child.find(wanted))), None)

    def nodes(self):
        return [child for child in self.children if isinstance(child, Node)]

    def text(self):
        kept = sorted((k, v) for k, v in self.attrs.items() if k not in ("hx-swap-oob", "value"))
        inside = "".join(child.text() if isinstance(child, Node) else child for child in self.children)
        return f"<{self.tag} {kept}>{inside}</{self.tag}>"


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = Node("root")
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        node = Node(tag, attrs)
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop().tag == tag

    def handle_data(self, data):
        if words := re.sub(r"\s+", " ", data).strip():
            self.open[-1].children.append(words)


def tree(html):
    reader = Reader()
    reader.feed(html)
    assert len(reader.open) == 1
    return reader.root


def applied(page, answer):
    """`page` (html) with the blocks of `answer` (html) in their places; the tree of its main part, as text."""
    whole = tree(page)
    for block in tree(answer).nodes():
        place = whole.find(block.attrs["id"])
        assert place is not None, block.attrs
        if block.attrs["hx-swap-oob"] == "true":
            place.tag, place.attrs, place.children = block.tag, block.attrs, block.children
    return whole.find("main").text()


def main_of(page):
    return tree(page).find("main").text()
