"""Pure: what the answers of many say about questions and about a quiz.

Marks are hundredths of a point. A question without an answer counts as wrong, as it does for the learner. People are
told apart by how much of what they could earn they earned, so that those who drew other questions can stand beside
them. What cannot be said, because too few answered or everybody did the same, is None.

Sources: Crocker and Algina, Introduction to Classical and Modern Test Theory (1986), for facility, discrimination and
reliability; Kelley, "The selection of upper and lower groups for the validation of test items" (1939), for the 27 %;
Holland and Thayer, "Differential item performance and the Mantel-Haenszel procedure" (1988), for languages; of marks in
parts Mantel (1963), and Zwick, Thayer and Mazzeo (1997).
"""

from quizzes.statistics.figures import (
    ENOUGH,
    ItemFigures,
    QuizFigures,
    Taken,
    Third,
    alpha,
    corrected_correlation,
    discrimination_index,
    distractors,
    drawn_reliability,
    histogram,
    item_figures,
    quiz_figures,
    thirds_of,
)
from quizzes.statistics.graded import Band, GradedStratum, Mantel, bands, mantel
from quizzes.statistics.languages import (
    ENOUGH_TO_COMPARE,
    SMALLEST_GROUP,
    Differential,
    MantelHaenszel,
    Stratum,
    differential,
    mantel_haenszel,
    profile,
    shown_groups,
)
from quizzes.statistics.notices import Notice, notices_of
from quizzes.statistics.sittings import (
    LONGEST_PACE,
    WORDS,
    Line,
    Pace,
    Sitting,
    lines_of,
    paces_of,
    packed,
    packed_paces,
)

__all__ = [
    "ENOUGH",
    "ENOUGH_TO_COMPARE",
    "LONGEST_PACE",
    "SMALLEST_GROUP",
    "WORDS",
    "Band",
    "Differential",
    "GradedStratum",
    "ItemFigures",
    "Line",
    "Mantel",
    "MantelHaenszel",
    "Notice",
    "Pace",
    "QuizFigures",
    "Sitting",
    "Stratum",
    "Taken",
    "Third",
    "alpha",
    "bands",
    "corrected_correlation",
    "differential",
    "discrimination_index",
    "distractors",
    "drawn_reliability",
    "histogram",
    "item_figures",
    "lines_of",
    "mantel",
    "mantel_haenszel",
    "notices_of",
    "paces_of",
    "packed",
    "packed_paces",
    "profile",
    "quiz_figures",
    "shown_groups",
    "thirds_of",
]
