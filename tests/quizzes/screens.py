"""What a page says, for tests to read."""

import re


def words(response) -> str:
    """The text of the main part, one space between words; scripts and styles left out."""
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", main, flags=re.DOTALL)).strip()
