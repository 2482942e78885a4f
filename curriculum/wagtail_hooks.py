"""What curriculum gives the CMS: permission policies first, then the menu and its views. No logic."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from curriculum.approval_viewsets import RegisterPolicy, RegisterViewSetGroup
from curriculum.change_views import PreviewVersionView
from curriculum.models import (
    Competency,
    CompetencyFramework,
    Credential,
    ProviderApproval,
    RequirementSet,
    Sponsorship,
    Waiver,
)
from curriculum.viewsets import CurriculumViewSetGroup, KeptPolicy, RulesPolicy

register_permission_policy(CompetencyFramework, KeptPolicy(CompetencyFramework))
register_permission_policy(Competency, KeptPolicy(Competency))
register_permission_policy(Credential, KeptPolicy(Credential))
register_permission_policy(RequirementSet, RulesPolicy(RequirementSet))
for register_model in (ProviderApproval, Sponsorship, Waiver):
    register_permission_policy(register_model, RegisterPolicy(register_model))


@hooks.register("register_admin_viewset")
def register_curriculum_viewsets():
    return [CurriculumViewSetGroup(), RegisterViewSetGroup()]


@hooks.register("register_admin_urls")
def register_preview_of_version():
    return [path("requirementset/preview/<int:pk>/", PreviewVersionView.as_view(), name="curriculum_preview_version")]


@hooks.register("register_log_actions")
def register_curriculum_log_actions(actions):
    actions.register_action("curriculum.archive", _("Archive"), _("Archived"))
    actions.register_action("curriculum.restore", _("Restore"), _("Restored"))
    actions.register_action("curriculum.new_version", _("Copy as a new version"), _("Copied as a new version"))
    actions.register_action("curriculum.publish", _("Publish"), _("Published"))
    actions.register_action("curriculum.close", _("Change the last day"), _("Last day changed"))
    actions.register_action("curriculum.void", _("Void"), _("Voided"))
    actions.register_action("curriculum.preview", _("Preview the change"), _("Change previewed"))
    actions.register_action("curriculum.import_approvals", _("Import approvals"), _("Approvals imported"))
    actions.register_action("curriculum.import", _("Bring in a file"), _("Brought in from a file"))
    actions.register_action("curriculum.propose_link", _("Propose a link"), _("Link proposed"))
    actions.register_action("curriculum.confirm_link", _("Confirm a link"), _("Link confirmed"))
    actions.register_action("curriculum.withdraw_link", _("Withdraw a link"), _("Link withdrawn"))
