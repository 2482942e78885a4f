"""Attendance in the CMS: entered, taken back, never edited; and the report that shows three kinds of time."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from certificates import services
from certificates.forms import AttendanceForm, TakeBackForm
from certificates.models import Attendance
from certificates.times import course_titles, times_by_enrollment
from certificates.viewsets import ActOfService, ActOnce, NeverView, WrittenOncePolicy
from courses.models import Enrollment
from people.durations import signed
from people.spreadsheets import SafeExport


class AttendancePolicy(WrittenOncePolicy):
    acts = {"add": "certificates.add_attendance", "change": "certificates.add_attendance"}


class TimesPolicy(WrittenOncePolicy):
    """The report: whoever sees who learns what."""


class AttendanceIndexView(SafeExport, generic.IndexView):
    """What was entered, the newest session first."""

    page_title = gettext_lazy("Attendance")
    add_item_label = gettext_lazy("Enter attendance")

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("learner", "entered_by", "correction")

    def get_edit_url(self, instance):
        is_whole = instance.corrects_id is None and not hasattr(instance, "correction")
        return super().get_edit_url(instance) if is_whole else None

    def get_delete_url(self, instance):
        return None

    def get_copy_url(self, instance):
        return None


class EnterView(ActOfService, generic.CreateView):
    """Enter who was there."""

    page_title = gettext_lazy("Enter attendance")
    submit_button_label = gettext_lazy("Enter it")
    submit_button_active_label = gettext_lazy("Entering…")
    error_message = gettext_lazy("Nothing was entered: please look at the form.")
    success_message = gettext_lazy("Entered: %(object)s.")

    def save_instance(self):
        data = self.form.cleaned_data
        found = services.record_attendance(
            self.form.learner,
            title=data["title"],
            course_key=data["course_key"] or None,
            held_on=data["held_on"],
            minutes=data["minutes"],
            actor=self.request.user,
        )
        log(instance=found, action="certificates.attend", data={"minutes": found.minutes})
        return found


class TakeBackView(ActOnce):
    """Take an attendance back, in whole, for a reason."""

    page_title = gettext_lazy("Take an attendance back")
    submit_button_label = gettext_lazy("Take it back")
    submit_button_active_label = gettext_lazy("Taking it back…")
    error_message = gettext_lazy("Nothing was taken back: please look at the form.")

    def done_before(self, rows):
        is_done = rows.filter(correction__isnull=False).exists()
        return _("It was taken back before. Nothing was changed.") if is_done else ""

    def save_instance(self):
        reason = self.form.cleaned_data["why"]
        found = services.correct_attendance(self.object, reason=reason, actor=self.request.user)
        log(instance=found, action="certificates.unattend", data={"reason": reason})
        return found

    def get_success_message(self):
        return _("Taken back: %(attendance)s.") % {"attendance": self.object}


class AttendanceViewSet(ModelViewSet):
    """Attendance at live sessions."""

    model = Attendance
    icon = "user"
    menu_label = gettext_lazy("Attendance")
    index_view_class = AttendanceIndexView
    add_view_class = EnterView
    delete_view_class = NeverView
    permission_policy = AttendancePolicy(Attendance)
    list_display = [
        "learner",
        "title",
        "held_on",
        Column("minutes", label=gettext_lazy("Time"), accessor=lambda found: signed(found.minutes)),
        "entered_by",
        "reason",
    ]
    list_filter = ["held_on"]
    list_export = ["learner.printed_name", "title", "held_on", "minutes", "entered_by", "entered_at", "reason"]
    search_fields = ["learner__email", "learner__printed_name", "title"]
    ordering = ["-held_on", "-pk"]
    inspect_view_enabled = False
    copy_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update=False):
        return TakeBackForm if for_update else AttendanceForm

    @property
    def edit_view(self):
        return self.construct_view(TakeBackView, **self.get_edit_view_kwargs())


class TimesReportView(SafeExport, ReportView):
    """One line an enrollment: awarded, measured and attended, side by side."""

    page_title = gettext_lazy("Time, three ways")
    header_icon = "history"
    index_url_name = "times_report"
    index_results_url_name = "times_report_results"
    model = Enrollment
    permission_policy = TimesPolicy(Enrollment)
    any_permission_required = ["view"]
    is_searchable = False
    list_export = ["learner", "course", "awarded_minutes", "measured_minutes", "attended_minutes"]
    export_headings = {
        "learner": gettext_lazy("Person"),
        "course": gettext_lazy("Course"),
        "awarded_minutes": gettext_lazy("Awarded (minutes)"),
        "measured_minutes": gettext_lazy("Measured (minutes)"),
        "attended_minutes": gettext_lazy("Attended (minutes)"),
    }

    @cached_property
    def titles(self) -> dict[Any, str]:
        return course_titles()

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("learner", label=gettext_lazy("Person")),
            Column("course", label=gettext_lazy("Course"), accessor=self.course_of),
            Column("awarded", label=gettext_lazy("Awarded"), accessor=lambda row: signed(row.awarded_minutes)),
            Column("measured", label=gettext_lazy("Measured"), accessor=lambda row: signed(row.measured_seconds // 60)),
            Column("attended", label=gettext_lazy("Attended"), accessor=lambda row: signed(row.attended_minutes)),
        ]

    def course_of(self, row: Enrollment) -> str:
        return self.titles.get(row.course_key, str(row.course_key))

    def to_row_dict(self, item: Any) -> Any:
        item.course, item.measured_minutes = self.course_of(item), item.measured_seconds // 60
        return super().to_row_dict(item)

    def get_queryset(self) -> QuerySet[Enrollment]:
        return times_by_enrollment()
