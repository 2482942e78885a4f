"""What the editor's templates ask about a course. Read only."""

from typing import Any

from django import template

from courses import publishing
from courses.checks import CourseFacts, Problem
from courses.models import CoursePage

register = template.Library()


@register.simple_tag
def course_at_a_glance(page: CoursePage) -> dict[str, Any]:
    """The course as it is written now: {"facts": tree, "problems": what to mend, "drafts": how many wait below}.

    Empty for a page that is not saved yet.
    """
    if page is None or not page.pk:
        return {}
    facts: CourseFacts = publishing.facts_of(page)
    problems: list[Problem] = publishing.problems_of(page, facts=facts)
    return {
        "facts": facts,
        "problems": problems,
        "drafts": publishing.drafts_below(page).count(),
        "languages": [
            twin.locale.get_display_name()
            for twin in CoursePage.objects.filter(translation_key=page.translation_key).select_related("locale")
        ],
    }
