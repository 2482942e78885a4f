"""A change in the CMS: asked in words, looked at before it is made, made by a service. Nothing of a look is kept."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import policy_registry

from curriculum import previews
from curriculum.approval_forms import ChangeForm
from curriculum.data import Status
from curriculum.errors import CurriculumError, StalePreview
from curriculum.models import RequirementSet
from curriculum.previews import Progress, Row
from curriculum.simulation import Outcome, Proposal, SetChange, hours
from people.models import User
from people.spreadsheets import safe_cell

BATCH = 200


def status_word(status: Status | None) -> str:
    """A status as a reader says it; None: nobody was judged."""
    words = {
        None: _("not judged"),
        Status.MET: _("Met"),
        Status.SHORT: _("Not yet"),
        Status.CANNOT_TELL: _("We cannot tell"),
        Status.WAIVED: _("Not asked for now"),
    }
    return words[status]


def outcome_words() -> list[tuple[str, str]]:
    """What a change does to people, in the order of the table."""
    return [
        (Outcome.BECOMES_SHORT, _("become short")),
        (Outcome.BECOMES_MET, _("become met")),
        (Outcome.BECOMES_UNCLEAR, _("cannot be told any more")),
        (Outcome.STAYS_MET, _("stay met")),
        (Outcome.STAYS_SHORT, _("stay short")),
        (Outcome.STAYS_UNCLEAR, _("still cannot be told")),
    ]


def turned_words(change: SetChange) -> str:
    """The rules that are answered otherwise, with both answers."""
    return "; ".join(f"{turn.code}: {status_word(turn.before)} → {status_word(turn.after)}" for turn in change.turned)


def _person_rows(rows: Iterable[Row], proposal: Proposal) -> Iterator[tuple[User | None, str, SetChange]]:
    """Each row with its person and the name of its set. One query."""
    rows = list(rows)
    people = User.objects.in_bulk({row.person_id for row in rows})
    for row in rows:
        yield people.get(row.person_id), proposal.cases[row.case].name, row.change


class ChangeView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Asks, previews, does. What is done is what was looked at: a proposal that changed since is shown again first."""

    model: Any = None
    permission_required: Any = "change"
    template_name = "curriculum/admin/change.html"
    form_class: type[Form] = ChangeForm
    question: Any = ""
    submit_label: Any = ""
    _show_breadcrumbs = True
    request: Any
    kwargs: dict[str, Any]

    # What a subclass says

    def proposal(self, data: dict[str, Any]) -> Proposal:
        """What the change is, from the form's data. Raises CurriculumError."""
        raise NotImplementedError

    def do(self, data: dict[str, Any]) -> str:
        """Do it; return the sentence that says so. Raises CurriculumError."""
        raise NotImplementedError

    def about(self) -> list[Any]:
        """The rows under which a look is noted."""
        raise NotImplementedError

    def back_url(self) -> str:
        """Where one comes from and goes back to."""
        raise NotImplementedError

    # How it goes

    @cached_property
    def sees_people(self) -> bool:
        return hours.source.may_see_people(self.request.user)

    def get_initial(self):
        return {"as_of": timezone.localdate()}

    def form_valid(self, form):
        action = self.request.POST.get("action")
        try:
            proposal = self.proposal(form.cleaned_data)
            if action == "export":
                return self._export(proposal)
            if action == "confirm" and self.submit_label:
                previews.unpack(self.request.POST.get("token", ""), proposal, self.request.user)
                messages.success(self.request, self.do(form.cleaned_data))
                return redirect(self.back_url())
            progress = self._progress(proposal)
        except StalePreview as error:
            messages.warning(self.request, str(error))
            progress = self._begin(proposal)
        except CurriculumError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        previews.advance(proposal, progress, keep_rows=self.sees_people)
        return self.render_to_response(self.get_context_data(form=form, **self._seen(proposal, progress)))

    def _progress(self, proposal: Proposal) -> Progress:
        """Where the last step stopped, or the beginning: for a new look, or for one whose figures no longer hold."""
        try:
            return previews.unpack(self.request.POST.get("token", ""), proposal, self.request.user)
        except StalePreview:
            return self._begin(proposal)

    def _begin(self, proposal: Proposal) -> Progress:
        previews.record_look(self.request.user, self.about(), proposal, sees_people=self.sees_people, is_export=False)
        return previews.begin(proposal)

    def _export(self, proposal: Proposal) -> StreamingHttpResponse:
        if not self.sees_people:
            raise PermissionDenied
        previews.record_look(self.request.user, self.about(), proposal, sees_people=True, is_export=True)
        response = StreamingHttpResponse(_csv(proposal), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="change.csv"'
        return response

    # What is shown

    def _seen(self, proposal: Proposal, progress: Progress) -> dict[str, Any]:
        tallies = [
            {
                "name": case.name,
                "version": case.after.rules.version,
                "outcomes": [(words, tally.outcomes[outcome]) for outcome, words in outcome_words()],
                "changed": tally.changed,
                "gained_minutes": tally.gained_minutes,
                "lost_minutes": tally.lost_minutes,
            }
            for case, tally in zip(proposal.cases, progress.tallies, strict=True)
        ]
        rows = [
            {
                "person": person,
                "set": name,
                "change": change,
                "before": status_word(change.before),
                "after": status_word(change.after),
                "turned": turned_words(change),
            }
            for person, name, change in _person_rows(progress.rows, proposal)
        ]
        return {
            "progress": progress,
            "proposal": proposal,
            "tallies": tallies,
            "rows": rows,
            "changed": sum(tally.changed for tally in progress.tallies),
            "token": previews.pack(proposal, progress, self.request.user),
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            question=self.question,
            submit_label=self.submit_label,
            back_url=self.back_url(),
            sees_people=self.sees_people,
            **kwargs,
        )


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


def _csv(proposal: Proposal) -> Iterator[str]:
    """Everybody who would see another answer, as lines of CSV, while they are judged."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(
        [
            _("Name"), _("E-mail address"), _("Requirement set"), _("Before"), _("After"),
            _("Minutes that count before"), _("Minutes that count after"), _("Minutes short before"),
            _("Minutes short after"), _("Rules that turn"),
        ]
    )  # fmt: skip
    found = previews.changed_rows(proposal)
    while batch := list(islice(found, BATCH)):
        for person, name, change in _person_rows(batch, proposal):
            cells = [
                person.get_full_name() if person else "",
                person.email if person else "",
                name,
                status_word(change.before),
                status_word(change.after),
                change.counted_before,
                change.counted_after,
                change.short_before,
                change.short_after,
                turned_words(change),
            ]
            yield writer.writerow([safe_cell(cell) for cell in cells])


class PreviewVersionView(ChangeView):
    """What rules that are not yet in force would do in the place of the version before them. It does nothing."""

    model = RequirementSet
    page_title = gettext_lazy("Preview the change")
    question = gettext_lazy(
        "Everybody with hours is judged by the version in force on this day and by this one. Nothing is changed."
    )

    @cached_property
    def permission_policy(self):
        return policy_registry.get_by_type(RequirementSet)

    @cached_property
    def object(self):
        return get_object_or_404(RequirementSet.objects.select_related("credential"), pk=self.kwargs["pk"])

    def get_page_subtitle(self):
        return str(self.object)

    def get_initial(self):
        return {"as_of": previews.day_to_judge_on(self.object, timezone.localdate())}

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("requirementset:index"), "label": RequirementSet._meta.verbose_name_plural.capitalize()},
            {"url": self.back_url(), "label": str(self.object)},
            {"url": "", "label": self.get_page_title()},
        ]

    def proposal(self, data):
        return previews.propose_version(self.object, as_of=data["as_of"])

    def about(self):
        return [self.object]

    def back_url(self):
        return reverse("requirementset:inspect", args=[self.object.pk])
