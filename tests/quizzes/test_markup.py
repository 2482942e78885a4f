"""Light Markdown to safe HTML: what is understood, and that nothing else gets through."""

import pytest

from quizzes import markup

PICTURE = '<img src="/f/abc" alt="{}" loading="lazy" class="quiz-picture">'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Plain & simple", "<p>Plain &amp; simple</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("**b** *i*", "<p><strong>b</strong> <em>i</em></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("snake_case_word", "<p>snake_case_word</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("![a](media:abc)", f"<p>{PICTURE.format('a')}</p>"),
        ('![a "q" <i>](media:abc)', f"<p>{PICTURE.format('a &quot;q&quot; &lt;i&gt;')}</p>"),
        ("![a](https://elsewhere.example/x.png)", "<p>![a](https://elsewhere.example/x.png)</p>"),
        ("![a](data:image/png;base64,AAAA)", "<p>![a](data:image/png;base64,AAAA)</p>"),
        ("![a](media:../../secret)", "<p></p>"),
    ],
)
def test_block(text, html):
    assert markup.block(text, "/f/") == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo", "one<br>\ntwo"),
        ("*i* & <b>", "<em>i</em> &amp; &lt;b&gt;"),
        ("![a](media:abc)", PICTURE.format("a")),
    ],
)
def test_line(text, html):
    assert markup.line(text, "/f/") == html


@pytest.mark.parametrize(
    ("text", "expected"), [("one\ntwo", True), ("one\n\ntwo", False), ("- a\n- b", False), ("", True)]
)
def test_is_line(text, expected):
    assert markup.is_line(text) is expected


@pytest.mark.parametrize(
    ("text", "plain"),
    [("**b** and ![a pump](media:x)", "b and a pump"), ("snake_case", "snake_case"), (r"2\*3", "2*3")],
)
def test_plain(text, plain):
    assert markup.plain(text) == plain
