"""Work that may wait: mail. Thin: one call of a service."""

from django_tasks import task

from people import services


@task()
def deliver_mail(mail_id: int) -> None:
    """Send one mail of the outbox."""
    services.deliver(mail_id)
