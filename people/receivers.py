"""What people listens to. One line each: the services do the work, the sweep finds what a lost ring left."""

from people import services, tasks
from people.signals import mail_posted, person_erased


def send(sender, mail_id: int, **kwargs) -> None:
    tasks.deliver_mail.enqueue(mail_id)


def clean(sender, person_id: int, **kwargs) -> None:
    services.finish_erasure(person_id)


def connect() -> None:
    """Connect every receiver; called once, from the app config."""
    mail_posted.connect(send, dispatch_uid="people.send")
    person_erased.connect(clean, dispatch_uid="people.clean")
