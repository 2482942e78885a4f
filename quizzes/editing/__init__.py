"""What an author filled in to a spec, and back. Keys of parts are carried through, new parts get keys that tell
nothing."""

from quizzes.editing.filling import filled
from quizzes.editing.reading import Draft, drafted

__all__ = ["Draft", "drafted", "filled"]
