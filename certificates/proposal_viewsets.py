"""Hours to be confirmed, in the CMS: a list, and a second person's decision."""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from certificates import services
from certificates.forms import DecideForm
from certificates.models import HoursProposal
from certificates.viewsets import DecideOnce, NeverView, WrittenOncePolicy
from curriculum.models import Competency
from people.durations import signed
from people.spreadsheets import SafeExport


class ProposalPolicy(WrittenOncePolicy):
    """Who may adjust hours reads and decides; others see nothing of it."""

    acts = {"change": "certificates.adjust_ledger", "view": "certificates.adjust_ledger"}

    def user_has_permission(self, user, action):
        return action in self.acts and user.is_active and user.has_perm(self.acts[action])


def state_in_words(proposal) -> str:
    """Waiting, or what was decided."""
    return proposal.get_decision_display() if proposal.decision else _("waiting for a second person")


class ProposalIndexView(SafeExport, generic.IndexView):
    """What waits first, then what was decided."""

    page_title = gettext_lazy("Hours to be confirmed")

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("learner", "proposed_by", "decided_by")

    def get_delete_url(self, instance):
        return None

    def get_copy_url(self, instance):
        return None

    def get_edit_url(self, instance):
        return None if instance.decision else super().get_edit_url(instance)


class DecideView(DecideOnce):
    """Add the proposed hours, or refuse them."""

    page_title = gettext_lazy("Confirm hours")
    template_name = "certificates/admin/decide.html"

    def get_context_data(self, **kwargs):
        names = {str(each.pk): str(each) for each in Competency.objects.filter(pk__in=self.object.shares)}
        shares = [(names.get(pk, pk), minutes) for pk, minutes in self.object.shares.items()]
        return super().get_context_data(shares=shares, **kwargs)

    def save_instance(self):
        data = self.form.cleaned_data
        proposal = services.decide_hours(
            self.object.pk, approve=data["verdict"] == "approve", actor=self.request.user, reason=data["why"]
        )
        log(
            instance=proposal,
            action="certificates.decide",
            data={"decision": proposal.decision, "reason": proposal.decision_reason},
        )
        return proposal

    def get_success_message(self):
        return _("Decided: %(proposal)s.") % {"proposal": self.object}


class ProposalViewSet(ModelViewSet):
    """Hours that one person proposed and another one decides on."""

    model = HoursProposal
    icon = "tasks"
    menu_label = gettext_lazy("Hours to be confirmed")
    index_view_class = ProposalIndexView
    edit_view_class = DecideView
    delete_view_class = NeverView
    permission_policy = ProposalPolicy(HoursProposal)
    list_display = [
        "learner",
        Column("minutes", label=gettext_lazy("Time"), accessor=lambda found: signed(found.minutes)),
        "earned_on",
        "reason",
        "proposed_by",
        Column("state", label=gettext_lazy("State"), accessor=lambda found: state_in_words(found)),
        "decided_by",
    ]
    list_filter = ["decision", "earned_on"]
    search_fields = ["learner__email", "learner__printed_name", "reason"]
    ordering = ["decision", "-proposed_at"]
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update=False):
        return DecideForm

    @cached_property
    def edit_view(self):
        return self.construct_view(DecideView, **self.get_edit_view_kwargs())
