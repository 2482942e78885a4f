"""Markdown of a bundle becomes the little HTML a lesson may hold."""

import pytest

from starter.bundles import Source
from starter.richtext import to_plain_text, to_rich_text

SOURCES = {
    "one": Source(key="one", title="One", url="https://example.org/1?a=b&c=d"),
    "two": Source(key="two", title="Two", url="https://example.org/2"),
}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Plain.", "en", "<p>Plain.</p>"),
        ("**Bold** and *soft*.", "en", "<p><b>Bold</b> and <i>soft</i>.</p>"),
        ("- a\n- b", "en", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("[here](https://example.org)", "en", '<p><a href="https://example.org">here</a></p>'),
        ("[here](javascript:alert)", "en", "<p>[here](javascript:alert)</p>"),
        ("<script>x</script>", "en", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("# no heading", "en", "<p># no heading</p>"),
        ("So. [@two]", "en", '<p>So. <a href="https://example.org/2">(source 2)</a></p>'),
        ("Así. [@one]", "es", '<p>Así. <a href="https://example.org/1?a=b&amp;c=d">(fuente 1)</a></p>'),
    ],
)
def test_to_rich_text(text, language, expected):
    assert to_rich_text(text, SOURCES, language) == expected


def test_to_plain_text_drops_citations_and_folds_space():
    assert to_plain_text("One  two. [@one]\nThree.") == "One two. Three."
