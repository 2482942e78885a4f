"""What an author fills in for each kind of item: fields side by side in every language, lists that grow and move."""

from quizzes.blocks.kinds import OWN_FIELDS, block_of
from quizzes.blocks.parts import ItemWidget

__all__ = ["OWN_FIELDS", "ItemWidget", "block_of"]
