"""What courses listens to."""


def connect() -> None:
    """Connect every receiver; called once, from the app config."""
