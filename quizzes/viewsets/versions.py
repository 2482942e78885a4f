"""Which version of each question a quiz asks: the newest, or the one that was kept. Question by question, or all."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from quizzes import services
from quizzes.models import ItemVersion, QuizItem
from quizzes.viewsets.pages import RowPage


class QuizVersionsView(RowPage):
    """GET: question by question. POST: keep one (`question`) or all as they read now, or let them `follow`."""

    template_name = "quizzes/admin/versions.html"
    page_title = gettext_lazy("Versions")
    permission_required = "change"
    http_method_names = ["get", "head", "post"]

    def get_context_data(self, **kwargs):
        return super().get_context_data(rows=list(self.rows()), **kwargs)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each question with which of its versions is asked. Two queries."""
        asked = list(QuizItem.objects.filter(quiz=self.object).select_related("item", "section"))
        versions: dict[int, list[int]] = defaultdict(list)
        known = ItemVersion.objects.filter(item__in=[one.item_id for one in asked]).order_by("pk")
        for item_id, pk in known.values_list("item", "pk"):
            versions[item_id].append(pk)
        for one in asked:
            kept = one.pinned_version_id
            yield {
                "question": one,
                "kept": versions[one.item_id].index(kept) + 1 if kept else None,
                "versions": len(versions[one.item_id]),
                "is_newest": kept in (None, one.item.current_version_id),
            }

    def post(self, request, *args, **kwargs):
        question = request.POST.get("question", "")
        only = int(question) if question.isdecimal() and len(question) < 19 else None
        if question and only is None:
            only = 0  # no question has this number
        if request.POST.get("follow"):
            services.unpin_items(self.object, only=only)
            said = _("The question is asked in its newest version.")
            messages.success(request, said if question else _("The quiz asks the newest version of every item."))
        else:
            services.pin_items(self.object, only=only)
            said = _("The question is kept as it reads now.")
            messages.success(request, said if question else _("The quiz keeps asking its items as they read now."))
        return redirect(request.path if question else reverse(self.inspect_url_name, args=[self.object.pk]))
