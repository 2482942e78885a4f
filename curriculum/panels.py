"""Panels of the CMS that our forms have beside Wagtail's own."""

from typing import Any

from wagtail.admin.panels import HelpPanel

from curriculum.evaluation import SELECT, WINDOW
from curriculum.wording import FIGURE_NAMES, figures_explained, kinds_in_words


class KindsPanel(HelpPanel):
    """Which figures each kind of rule takes, beside the form in which they are written."""

    def __init__(self, content: str = "", template: str = "curriculum/admin/_kinds.html", **kwargs: Any) -> None:
        super().__init__(content=content, template=template, **kwargs)

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context=None):
            others = [key for key in FIGURE_NAMES if key not in (*SELECT, *WINDOW)]
            return super().get_context_data(parent_context) | {
                "kinds": kinds_in_words(),
                "selectors": list(figures_explained(SELECT)),
                "windows": list(figures_explained(WINDOW)),
                "others": list(figures_explained(others)),
            }
