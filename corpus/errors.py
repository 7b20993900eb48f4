"""The one base class of errors that a user may see."""

from __future__ import annotations


class EvidenceError(Exception):
    """A failure with a sentence for the user: where, what was found, what to do.

    Library code raises it; only the command line turns it into one line on stderr.
    """


class WrongDatabase(EvidenceError):
    """The file is not an evidence database, or one of a newer program."""


class MissingExtra(EvidenceError):
    """A feature needs an optional package that is not installed."""


class IndexProblem(EvidenceError):
    """An index is missing, unreadable, or made for something else."""
