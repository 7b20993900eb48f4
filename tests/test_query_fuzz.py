from __future__ import annotations

import random
from itertools import islice

import pytest

from tests import fuzz


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_changed_and_cut_strategies_are_answered(engine, tmp_path):
    texts = list(islice(fuzz.tried(tmp_path, random.Random(7), engine), 60))
    assert len({*texts}) > 50
